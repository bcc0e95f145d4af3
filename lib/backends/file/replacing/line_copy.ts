/**
 * Copies the lines of a file that survive into its replacement, byte for byte.
 *
 * @module
 */

import type { RecordKind } from "../../../model/record.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  isNewerFormat,
  SeqDigest,
} from "../../../storage/lines/checkpoint.ts";
import type { Digests, StreamDigest } from "../../../storage/digests.ts";
import type { ReadableFile } from "../../../storage/file_system.ts";
import { CHECKPOINT_KIND, FORMAT_VERSION, NEWLINE } from "../../../storage/format.ts";
import { readRange } from "../../../storage/byte_range.ts";
import { valueOf } from "../../../storage/lines/line_classifier.ts";
import { newerFormat } from "../../../storage/tail.ts";
import type { Sink } from "../../../storage/whole_file.ts";
import { BufferedWriter } from "./buffered_writer.ts";
import { judgeSuspects, positionsOfRepeats } from "../sequence/duplicates.ts";
import { type NumberRange, type SeqGap, SequenceCheck } from "../sequence/sequence_check.ts";
import { type LineSource, type StoreLine, storeLines } from "../store/store_lines.ts";
import { linesOf, StoreRun, storeRuns } from "../store/store_runs.ts";

/** Decides what becomes of each line. */
export interface LineRule {
  /** Whether the line survives. Called once for each line but checkpoints, in order. */
  keeps(line: StoreLine): boolean;
  /** The kinds of a run that survive; null where each of its lines has to be asked for. Counts them. */
  keptKinds(run: StoreRun): ReadonlySet<RecordKind> | null;
  /** Called for each line that does not survive, while `source` is open. */
  onDropped?(line: StoreLine, source: ReadableFile): Promise<void>;
  /** Whether losses that nothing explains stay visible behind the copy. */
  readonly carriesLosses: boolean;
}

/** What a copy's checkpoint is to say of sequence numbers. */
export interface Numbering {
  /** Has taken in what stands before the file, as far as the checkpoint speaks for that too. */
  readonly sequence: SequenceCheck;
  /** The first number that the checkpoint speaks for; null for the first that the file shows. */
  readonly from: number | null;
  /** The first number that may have been given to the file. */
  readonly firstGiven: number;
  /** The largest number known to have been given, where no number stands behind the file; else 0. */
  readonly durableSeq: number;
  /** The first number behind the file, where it is accepted that those before it are missing; else null. */
  readonly seqBehind: number | null;
}

/** Looks in a store's other files for the numbers in these holes. */
export type NumberSearch = (gaps: readonly SeqGap[]) => AsyncIterable<NumberRange>;

// The end of a line of ours: its number and checksum.
const LAST_BYTES = 32;
const NEWLINE_BYTES = new Uint8Array([NEWLINE]);

/** A copy in the making. */
export class LineCopy {
  readonly #source: LineSource;
  readonly #rule: LineRule;
  readonly #writer: BufferedWriter;
  readonly #digests: Digests;
  readonly #sourceDigest: StreamDigest;
  #readTo = 0;
  #lastRead = new Uint8Array(0);
  readonly #sequence: SequenceCheck;
  readonly #kept = new SeqDigest();
  #from: number | null;
  readonly #beginsAsShown: boolean;
  readonly #firstGiven: number;
  #showsNumbers = false;
  #keptForeign = 0;
  #keptDamaged = 0;
  #position = 0;
  #isOpen = false;

  constructor(
    source: LineSource,
    target: Sink,
    rule: LineRule,
    numbering: Numbering,
    digests: Digests,
  ) {
    this.#source = source;
    this.#digests = digests;
    this.#sourceDigest = digests.begin();
    this.#sequence = numbering.sequence;
    this.#from = numbering.from;
    this.#beginsAsShown = numbering.from === null;
    this.#firstGiven = numbering.firstGiven;
    this.#sequence.beginFile(source.base, numbering.firstGiven);
    this.#rule = rule;
    this.#writer = new BufferedWriter(target, digests.begin());
  }

  /** How far the source was copied. */
  get position(): number {
    return this.#position;
  }

  /** The size of the copy. */
  get size(): number {
    return this.#writer.size;
  }

  /** Copies on up to `horizon`, which is the end of a line, or of the file. */
  async extendTo(
    horizon: number,
    signal?: AbortSignal,
    onProgress?: (position: number) => void,
  ): Promise<void> {
    const range = { from: this.#position, to: horizon };
    const onBytes = (bytes: Uint8Array): Promise<void> => this.#noteRead(bytes);
    for await (const batch of storeRuns(this.#source, range, signal, onBytes)) {
      for (const each of batch) {
        if (each instanceof StoreRun && this.#takeRun(each)) continue;
        for (const line of linesOf(each)) {
          // Nearly every line is taken at once; waiting for each would cost more than copying it.
          const taking = this.#take(line);
          if (taking !== undefined) await taking;
        }
      }
      this.#position = batch.at(-1)!.offset + batch.at(-1)!.length;
      onProgress?.(this.#position);
    }
    this.#writer.flush();
  }

  /** Whether what was copied still stands in the source, as far as its end tells. */
  async isContinued(): Promise<boolean> {
    const last = new Uint8Array(this.#lastRead.length);
    const count = await this.#source.file.read(last, this.#readTo - last.length);
    return count === last.length && last.every((byte, index) => byte === this.#lastRead[index]);
  }

  /** The largest number that the lines so far show, or those before the file. */
  get highestSeq(): number {
    return this.#sequence.highest;
  }

  /** Whether damaged lines stand behind that number, which may have been records. */
  get endsInDamage(): boolean {
    return this.#sequence.endsInDamage;
  }

  /** Whether there is a number for a checkpoint to speak of. */
  hasNumbers(durableSeq: number): boolean {
    return this.#sequence.highest > 0 || durableSeq > 0 || this.#showsNumbers;
  }

  /**
   * Finds out what is missing of the records up to `durableSeq`, which were synced: not what other files
   * hold, nor what lines that stand twice hide.
   */
  async settle(durableSeq: number, inOtherFiles: NumberSearch): Promise<void> {
    const { path, base } = this.#source;
    const place = { path, position: base + this.#position, offset: this.#position };
    this.#sequence.end(durableSeq, { ...place, length: 0, number: 0 });
    if (!this.#rule.carriesLosses) return;
    if (this.#sequence.hasDoubts) {
      const lines = storeLines(this.#source, { from: 0, to: this.#position });
      const verdicts = await judgeSuspects(lines, this.#sequence.suspects);
      this.#sequence.settle(positionsOfRepeats(verdicts));
    }
    if (this.#sequence.gaps.length === 0) return;
    for await (const range of inOtherFiles(this.#sequence.gaps)) this.#sequence.fill(range);
  }

  /**
   * The checkpoint that belongs behind the whole copy, once it is settled; the end of the source shows
   * numbers up to `shownSeq`.
   */
  checkpoint(shownSeq: number): Checkpoint {
    const to = Math.max(this.#sequence.highest, shownSeq);
    const lost = this.#rule.carriesLosses ? this.#lost() + this.#keptDamaged : 0;
    return {
      version: FORMAT_VERSION,
      from: this.#removedFrom() ?? this.#from ?? to + 1,
      to,
      count: this.#kept.count + lost,
      seqsCrc: this.#kept.crc,
      foreign: this.#keptForeign,
    };
  }

  /** Adds a line of ours behind the copy. */
  append(line: string): void {
    this.#closeLine();
    this.#writer.write(new TextEncoder().encode(`${line}\n`));
    this.#writer.flush();
  }

  /** Ends the copy and returns the digests of both files. */
  async finish(): Promise<{ readonly sourceSha256: string; readonly targetSha256: string }> {
    this.#writer.flush();
    const sourceSha256 = this.#sourceDigest.hex();
    return { targetSha256: await this.#writer.digest(), sourceSha256: await sourceSha256 };
  }

  #noteRead(bytes: Uint8Array): Promise<void> {
    this.#sourceDigest.update(bytes);
    this.#readTo += bytes.length;
    if (bytes.length > 0) this.#lastRead = bytes.slice(-LAST_BYTES);
    return this.#digests.room();
  }

  /** Takes a run at once; false where its lines have to be taken one by one. */
  #takeRun(run: StoreRun): boolean {
    const { firstSeq } = run.run;
    const begins = this.#from === null || firstSeq >= this.#from;
    if (!begins || firstSeq <= this.#sequence.highest) return false;
    const kinds = this.#rule.keptKinds(run);
    if (kinds === null) return false;
    this.#showsNumbers = true;
    this.#beginWith(firstSeq, false);
    this.#sequence.recordRun(run.run, () => run.first);
    this.#keepKinds(run, kinds);
    return true;
  }

  #keepKinds(run: StoreRun, kinds: ReadonlySet<RecordKind>): void {
    const { lines, numbers } = run.run;
    for (const { firstSeq, lastSeq, bytes } of run.ofKinds(kinds)) {
      this.#closeLine();
      if (bytes.length === run.length) this.#kept.addAll(lines, numbers);
      else for (let seq = firstSeq; seq <= lastSeq; seq++) this.#kept.add(seq);
      this.#writer.write(bytes);
    }
  }

  #take(line: StoreLine): Promise<void> | undefined {
    const { state, kind, seq } = line.verdict;
    const isRewritten = state === "rewritten";
    // A damaged line's number is not trusted, but it is one.
    if (seq !== null) this.#showsNumbers = true;
    if (state === "damaged") this.#sequence.damaged();
    else if (kind === CHECKPOINT_KIND) return this.#takeCheckpoint(line);
    else if (seq !== null) this.#takeNumber(seq, line, isRewritten);
    else if (state !== "blank") this.#sequence.foreign();
    if (!this.#rule.keeps(line)) return this.#rule.onDropped?.(line, this.#source.file);
    return this.#keep(line);
  }

  #takeNumber(seq: number, line: StoreLine, isRewritten: boolean): void {
    this.#beginWith(seq, isRewritten);
    if (this.#beginsAsShown && seq < this.#from!) this.#beginEarlier(seq, line);
    this.#sequence.record(seq, line, isRewritten);
  }

  // What is missing before the file's first number is not this file's business, unless another tool wrote
  // the file again.
  #beginWith(seq: number, isRewritten: boolean): void {
    if (this.#from !== null) return;
    this.#from = seq;
    this.#sequence.highest = (isRewritten ? Math.min(this.#firstGiven, seq) : seq) - 1;
  }

  // Lines may stand in another order than they were written in.
  #beginEarlier(seq: number, line: StoreLine): void {
    this.#sequence.noteGap(seq + 1, this.#from! - 1, line, false);
    this.#from = seq;
  }

  // That tool's line may go; the checkpoint must go on saying that what it left out went on purpose.
  #removedFrom(): number | undefined {
    const end = (this.#from ?? 0) - 1;
    return this.#sequence.gaps.find(({ to, isByOtherTool }) => isByOtherTool && to === end)?.from;
  }

  #takeCheckpoint(line: StoreLine): Promise<void> | undefined {
    const value = valueOf(line.bytes, line.verdict);
    const checkpoint = value && decodeCheckpoint(value);
    if (checkpoint === null) {
      return this.#keep(line);
    }
    if (isNewerFormat(checkpoint)) throw newerFormat(this.#source.path, checkpoint.version);
    this.#beginWith(checkpoint.from, false);
    this.#from = Math.min(this.#from!, checkpoint.from);
    this.#sequence.checkpoint(checkpoint, line, line.verdict.state === "rewritten");
    return undefined;
  }

  #keep(line: StoreLine): Promise<void> | undefined {
    const { state, seq, code } = line.verdict;
    this.#closeLine();
    if (state === "damaged") this.#keptDamaged++;
    else if (seq !== null) this.#kept.add(seq);
    else if (state !== "blank") this.#keptForeign++;
    if (code === "OVERSIZED_LINE") return this.#keepOversized(line);
    this.#writer.write(line.bytes);
    if (line.isTerminated) this.#writer.write(NEWLINE_BYTES);
    else this.#isOpen = true;
    return undefined;
  }

  async #keepOversized({ offset, length, isTerminated }: StoreLine): Promise<void> {
    for await (const bytes of readRange(this.#source.file, { from: offset, to: offset + length })) {
      this.#writer.write(bytes);
      await this.#digests.room();
    }
    this.#isOpen = !isTerminated;
  }

  #closeLine(): void {
    if (this.#isOpen) this.#writer.write(NEWLINE_BYTES);
    this.#isOpen = false;
  }

  #lost(): number {
    const holes = this.#sequence.gaps.filter((gap) => !gap.isByOtherTool);
    const inHoles = holes.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    const inCheckpoints = this.#sequence.mismatches.reduce(
      (sum, { checkpoint, count }) => sum + Math.max(1, checkpoint.count - count),
      0,
    );
    return inHoles + inCheckpoints + this.#sequence.gapsDropped;
  }
}
