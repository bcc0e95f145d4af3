/**
 * Follows the sequence numbers of a store, so that no record goes missing in silence.
 *
 * Numbers are given one after another, through all files. A hole is explained by as many damaged lines
 * standing in its place, or by a checkpoint behind it that covers it; every other hole is a loss. A
 * checkpoint counts the lines of its own file. Numbers that do not rise are put aside for a second look
 * (`duplicates.ts`), which needs the whole store.
 *
 * @module
 */

import { type Checkpoint, SeqDigest } from "../../../storage/lines/checkpoint.ts";
import type { PlainRun } from "../../../storage/lines/plain_run.ts";

/** A place in a store. */
export interface LinePlace {
  /** The file. */
  readonly path: string;
  /** Where it begins when the store's files are laid end to end. */
  readonly position: number;
  /** Byte offset. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** Line number. */
  readonly number: number;
}

/** Numbers that follow one another. */
export interface NumberRange {
  /** The first. */
  readonly from: number;
  /** The last. */
  readonly to: number;
}

/** Missing numbers, and the place behind them. */
export interface SeqGap extends NumberRange {
  /** What stands behind the hole. */
  readonly place: LinePlace;
  /** Whether another tool wrote the line behind it: its own removal, not a loss. */
  readonly isByOtherTool: boolean;
  /** How many damaged lines stand in the hole, fewer than numbers are missing. */
  readonly damagedLines: number;
}

/** A number that stands behind a larger one, or twice. */
export interface SeqSuspect {
  /** The number. */
  readonly seq: number;
  /** Where it stands. */
  readonly place: LinePlace;
}

/** The numbers of a file that is not read again. */
export interface SkippedNumbers {
  /** The first that was given to it. */
  readonly from: number;
  /** The last that was given to it. */
  readonly to: number;
  /** Whether a checkpoint explains what is missing in between. */
  readonly isExplained: boolean;
}

/** A checkpoint that does not fit the lines before it. */
export interface CheckpointMismatch {
  /** What the checkpoint says. */
  readonly checkpoint: Checkpoint;
  /** How many numbered records there are. */
  readonly count: number;
  /** How many lines without a number there are. */
  readonly foreign: number;
  /** Where the checkpoint is. */
  readonly place: LinePlace;
}

/** A checkpoint that fits only if some of the suspects before it are no repetitions. */
interface CheckpointDoubt extends CheckpointMismatch {
  /** Behind which position its suspects stand. */
  readonly from: number;
  /** How many of them may be repetitions. */
  readonly spare: number;
}

const GAPS_MAX = 10_000;
const SUSPECTS_MAX = 50_000;
const MISMATCHES_MAX = 1000;

/** Takes in the lines of a store in order. */
export class SequenceCheck {
  /** Numbers that do not rise, as many as there is room for. */
  readonly suspects: SeqSuspect[] = [];
  /** How many more there were. */
  suspectsDropped = 0;
  /** Checkpoints that do not fit, as many as there is room for. */
  readonly mismatches: CheckpointMismatch[] = [];
  /** How many more there were. */
  mismatchesDropped = 0;
  /** The largest number given so far, as far as the store shows. */
  highest = 0;

  #gaps: SeqGap[] = [];
  #gapsDropped = 0;
  #digest = new SeqDigest();
  #foreign = 0;
  #damagedSinceSeq = 0;
  #damagedSinceCheckpoint = 0;
  #suspectsSinceCheckpoint = 0;
  #countedFrom = -1;
  #firstGiven = 1;
  #doubts: CheckpointDoubt[] = [];

  /** A file begins at `position`; smaller numbers than `firstGiven` were given to files before it. */
  beginFile(position: number, firstGiven = 1): void {
    this.#countFrom(position - 1);
    this.#firstGiven = firstGiven;
  }

  /** A file whose lines were found to be in order before, and are not taken in again. */
  skipFile({ from, to, isExplained }: SkippedNumbers, place: LinePlace): void {
    this.beginFile(place.position);
    this.noteGap(this.highest + 1, from - 1, place, false);
    if (isExplained) this.#explainGaps({ from, to });
    this.highest = Math.max(this.highest, to);
    this.#damagedSinceSeq = 0;
  }

  /** A line with a number. */
  record(seq: number, place: LinePlace, isRewritten: boolean): void {
    this.#digest.add(seq);
    if (seq <= this.highest) {
      this.#suspect(seq, place);
      return;
    }
    this.noteGap(this.highest + 1, seq - 1, place, isRewritten);
    this.highest = seq;
    this.#damagedSinceSeq = 0;
  }

  /** Lines whose numbers follow one another, behind all that came before; `first` makes the first of them. */
  recordRun({ firstSeq, lastSeq, lines, numbers }: PlainRun, first: () => LinePlace): void {
    this.#digest.addAll(lines, numbers);
    if (firstSeq > this.highest + 1) this.noteGap(this.highest + 1, firstSeq - 1, first(), false);
    this.highest = lastSeq;
    this.#damagedSinceSeq = 0;
  }

  /** A line without a number that is accepted. */
  foreign(): void {
    this.#foreign++;
  }

  /** A damaged line. */
  damaged(): void {
    this.#damagedSinceSeq++;
    this.#damagedSinceCheckpoint++;
  }

  /** A checkpoint; `isRewritten` where another tool wrote its line. */
  checkpoint(checkpoint: Checkpoint, place: LinePlace, isRewritten: boolean): void {
    if (!isRewritten) this.#compareWith(checkpoint, placeOf(place));
    this.noteGap(this.highest + 1, checkpoint.from - 1, place, isRewritten);
    this.#explainGaps(checkpoint);
    this.highest = Math.max(this.highest, checkpoint.to);
    this.#damagedSinceSeq = 0;
    this.#countFrom(place.position);
  }

  /** The end of the store, where `durableSeq` is the largest number known to have been synced. */
  end(durableSeq: number, place: LinePlace): void {
    this.noteGap(this.highest + 1, durableSeq, place, false);
    this.highest = Math.max(this.highest, durableSeq);
  }

  /** Numbers that are missing before `place`, unless as many damaged lines stand there. */
  noteGap(from: number, to: number, place: LinePlace, isByOtherTool: boolean): void {
    if (to - from + 1 <= this.#damagedSinceSeq) return;
    if (this.#gaps.length >= GAPS_MAX) {
      this.#gapsDropped++;
      return;
    }
    const damagedLines = this.#damagedSinceSeq;
    const gap = { from, to, place: placeOf(place), isByOtherTool, damagedLines };
    // Whoever wrote this file again left out lines of it, and of no other.
    const lostTo = Math.max(from - 1, Math.min(to, this.#firstGiven - 1));
    const lost = { ...gap, to: lostTo, isByOtherTool: false };
    const parts = isByOtherTool ? [lost, { ...gap, from: lostTo + 1 }] : [gap];
    this.#gaps.push(...unexplained(parts, damagedLines));
  }

  /** Whether damaged lines stand behind the largest number. */
  get endsInDamage(): boolean {
    return this.#damagedSinceSeq > 0;
  }

  /** Whether the verdicts on the suspects decide if a record is missing. */
  get hasDoubts(): boolean {
    return this.#doubts.length > 0;
  }

  /** Takes in where lines stand that repeat earlier ones: each may have hidden a missing record. */
  settle(repeatedAt: readonly number[]): void {
    for (const { from, spare, ...mismatch } of this.#doubts) {
      const to = mismatch.place.position;
      const repeats = repeatedAt.filter((position) => position > from && position < to).length;
      if (repeats > spare) this.#mismatch({ ...mismatch, count: mismatch.count - repeats });
    }
    this.#doubts = [];
  }

  /** These numbers stand elsewhere, or are known to be gone. */
  fill({ from, to }: NumberRange): void {
    if (!this.#gaps.some((gap) => gap.from <= to && gap.to >= from)) return;
    this.#gaps = this.#gaps.flatMap((gap) => without(gap, from, to));
  }

  /** The holes that nothing explains, or not all of them. */
  get gaps(): readonly SeqGap[] {
    return this.#gaps;
  }

  /** How many more there were than there was room for. */
  get gapsDropped(): number {
    return this.#gapsDropped;
  }

  #suspect(seq: number, place: LinePlace): void {
    this.#suspectsSinceCheckpoint++;
    if (this.suspects.length < SUSPECTS_MAX) this.suspects.push({ seq, place: placeOf(place) });
    else this.suspectsDropped++;
    // A number that comes late fills its hole.
    this.fill({ from: seq, to: seq });
  }

  // What was given to the checkpoint's file and is not there was taken away on purpose.
  #explainGaps(given: NumberRange): void {
    this.fill(given);
    if (given.from <= 1) this.#gapsDropped = 0;
  }

  // Checkpoints count what stands behind this position.
  #countFrom(position: number): void {
    this.#countedFrom = position;
    this.#digest.clear();
    this.#foreign = 0;
    this.#damagedSinceCheckpoint = 0;
    this.#suspectsSinceCheckpoint = 0;
  }

  // Damaged lines may be records that the checkpoint counts; lines in another order, or twice, are
  // told by themselves, and those that stand twice may stand in the place of others.
  #compareWith(checkpoint: Checkpoint, place: LinePlace): void {
    const { count, crc } = this.#digest;
    const missing = checkpoint.count - count;
    const missingForeign = Math.max(checkpoint.foreign - this.#foreign, 0);
    const damaged = this.#damagedSinceCheckpoint;
    const spare = damaged - missingForeign - missing;
    const isSame = missing === 0 && crc === checkpoint.seqsCrc;
    const suspects = this.#suspectsSinceCheckpoint;
    const found = { checkpoint, count, foreign: this.#foreign, place };
    const isTooFew = Math.max(missing, 0) + missingForeign > damaged;
    const isOther = missing <= 0 && missingForeign === 0 && !isSame && suspects === 0;
    if (isTooFew || isOther) this.#mismatch(found);
    else if (!isSame && suspects > spare && this.#doubts.length < MISMATCHES_MAX) {
      this.#doubts.push({ ...found, from: this.#countedFrom, spare });
    }
  }

  #mismatch(mismatch: CheckpointMismatch): void {
    if (this.mismatches.length < MISMATCHES_MAX) this.mismatches.push(mismatch);
    else this.mismatchesDropped++;
  }
}

// What is left of a hole may have as many damaged lines standing in it as numbers are missing.
function without(gap: SeqGap, from: number, to: number): SeqGap[] {
  if (to < gap.from || from > gap.to) return [gap];
  return unexplained([{ ...gap, to: from - 1 }, { ...gap, from: to + 1 }], gap.damagedLines);
}

/** What so many damaged lines leave of the parts of a hole. */
function unexplained(parts: readonly SeqGap[], damagedInAll: number): SeqGap[] {
  let damagedLines = damagedInAll;
  return parts.filter((part) => part.from <= part.to).flatMap((part) => {
    const missing = part.to - part.from + 1;
    const explained = Math.min(missing, damagedLines);
    damagedLines -= explained;
    return explained === missing ? [] : [{ ...part, damagedLines: explained }];
  });
}

// Callers pass whole lines, whose bytes must not be kept.
function placeOf({ path, position, offset, length, number }: LinePlace): LinePlace {
  return { path, position, offset, length, number };
}
