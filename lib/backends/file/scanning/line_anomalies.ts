/**
 * Turns the lines of a store into anomalies and counts.
 *
 * @module
 */

import { isRecordKind } from "../../../model/record.ts";
import { shortened } from "../../../model/shortened.ts";
import { decodeCheckpoint, isNewerFormat } from "../../../storage/lines/checkpoint.ts";
import { contentDamage } from "../../../storage/compressed/compressed_file.ts";
import { DAMAGE_REASONS } from "../../../storage/lines/damage_reasons.ts";
import { CHECKPOINT_KIND } from "../../../storage/format.ts";
import { valueOf } from "../../../storage/lines/line_classifier.ts";
import type { AnomalyCollector } from "../../../backend/anomaly_collector.ts";
import { type FileStore, nextCommand } from "../store/file_store.ts";
import { addCounts, type LineCounts, NO_LINES } from "../store/line_tally.ts";
import type { SegmentSummary } from "../summaries/segment_summary.ts";
import { SequenceCheck } from "../sequence/sequence_check.ts";
import type { StoreLine } from "../store/store_lines.ts";
import { StoreRun } from "../store/store_runs.ts";
import type { StorePart } from "../store/store_part.ts";
import { SummaryBuilder } from "../summaries/summary_builder.ts";

const TOO_LARGE_NEXT = "decompress it (gunzip, unzstd); compaction may compress it again";

/** What a scan found in one file of the store. */
export interface ScannedPart {
  /** The file. */
  readonly part: StorePart;
  /** The largest sequence number given before it. */
  readonly highestBefore: number;
  /** Where the damage at its end begins: nothing that is accepted stands behind it. */
  readonly tailDamageFrom: number;
  /** What is in it. */
  readonly summary: SegmentSummary;
  /** Whether that was taken from an earlier scan, and the file not read again. */
  readonly isReused: boolean;
  /** How often two accepted lines stand glued together, their newline lost. */
  readonly lostNewlines: number;
  /** Whether it ends in a fragment, which in the active file may be a write under way. */
  readonly isTorn: boolean;
}

/** Takes in the lines of a store in order. */
export class LineAnomalies {
  /** The check of the sequence numbers. */
  readonly sequence = new SequenceCheck();
  /** What was found in each file. */
  readonly parts: ScannedPart[] = [];
  /** Bytes taken in. */
  bytes = 0;
  /** The largest sequence number that the store shows, once it has ended. */
  highestShownSeq = 0;
  /** The largest that is known to have been given, where the store does not show it. */
  knownSeq = 0;
  /** The version of a format newer than this one's; null where there is none. */
  newerVersion: number | null = null;

  readonly #store: FileStore;
  readonly #anomalies: AnomalyCollector;
  readonly #traces = new OncePerStore();
  readonly #nonFinite = new OncePerStore();
  #part: StorePart | null = null;
  #builder = new SummaryBuilder(0);
  #highestBefore = 0;
  #tailDamageFrom = 0;
  #lostNewlines = 0;
  #isTorn = false;
  #lastLine = 0;
  #isPlain = true;

  constructor(store: FileStore, anomalies: AnomalyCollector) {
    this.#store = store;
    this.#anomalies = anomalies;
  }

  /** What the lines of all files come to. */
  get counts(): LineCounts {
    return this.parts.map(({ summary }) => summary.counts).reduce(addCounts, NO_LINES);
  }

  /** The lines of `part` follow. */
  beginPart(part: StorePart): void {
    this.#part = part;
    this.#builder = new SummaryBuilder(part.horizon);
    this.#highestBefore = this.sequence.highest;
    this.#tailDamageFrom = 0;
    this.#lostNewlines = 0;
    this.#isTorn = false;
    this.#lastLine = 0;
    this.#isPlain = true;
    this.sequence.beginFile(part.base, part.firstSeq ?? 1);
  }

  /** `part` was found to be in order before, and is not read again. */
  skipPart(part: StorePart, summary: SegmentSummary): void {
    const { path, base, horizon } = part;
    this.#part = part;
    this.#lastLine = 0;
    this.bytes += horizon;
    const highestBefore = this.sequence.highest;
    const place = { path, position: base, offset: 0, length: 0, number: 1 };
    if (summary.numbers !== null) this.sequence.skipFile(summary.numbers, place);
    this.#noteName(part, summary);
    const tailDamageFrom = horizon;
    const common = { part, highestBefore, tailDamageFrom, lostNewlines: 0, isTorn: false };
    this.parts.push({ ...common, summary, isReused: true });
  }

  /** Takes in the next lines, and runs of them. */
  addAll(batch: readonly (StoreLine | StoreRun)[]): void {
    for (const each of batch) {
      if (each instanceof StoreRun) this.#addRun(each);
      else this.#add(each);
    }
  }

  #add(line: StoreLine): void {
    const { verdict, offset, length, number } = line;
    const isGlued = number === this.#lastLine && offset === this.#tailDamageFrom;
    this.bytes += length;
    this.#lastLine = number;
    this.#builder.add(line);
    if (verdict.state === "blank") return;
    if (verdict.state === "damaged") {
      this.#addDamaged(line);
      return;
    }
    this.#tailDamageFrom = offset + length;
    if (isGlued) this.#addLostNewline(line);
    if (verdict.trace !== null) this.#noteHarmless(this.#traces, line, verdict.trace);
    if (verdict.hasNonFinite) this.#noteHarmless(this.#nonFinite, line, "NaN or Infinity");
    const isRewritten = verdict.state === "rewritten";
    if (verdict.kind === CHECKPOINT_KIND) this.#addCheckpoint(line);
    else if (verdict.seq === null) this.sequence.foreign();
    else this.sequence.record(verdict.seq, line, isRewritten);
    if (!isRecordKind(verdict.kind) && verdict.kind !== CHECKPOINT_KIND) this.#addUnknownKind(line);
  }

  #addRun(run: StoreRun): void {
    // What does not rise has to be told line by line.
    if (run.run.firstSeq <= this.sequence.highest) {
      for (const line of run.lines()) this.#add(line);
      return;
    }
    const { offset, length, number } = run;
    this.bytes += length;
    this.#lastLine = number + run.run.lines - 1;
    this.#builder.addRun(run);
    this.#tailDamageFrom = offset + length;
    this.sequence.recordRun(run.run, () => run.first);
  }

  /** The lines of the part end here; `at` is when the scan began. */
  endPart(at: number): void {
    const part = this.#part!;
    const isVerified = this.#isPlain && !this.#hasFindingsOfSequence(part);
    const summary = this.#builder.finish(isVerified ? at : null);
    this.#noteName(part, summary);
    this.parts.push({
      part,
      highestBefore: this.#highestBefore,
      tailDamageFrom: this.#tailDamageFrom,
      summary,
      isReused: false,
      lostNewlines: this.#lostNewlines,
      isTorn: this.#isTorn,
    });
  }

  // Of a segment that shows no number any more, the name tells one that was given to it. Where others
  // follow, their numbers tell what is missing.
  #noteName({ firstSeq }: StorePart, { numbers }: SegmentSummary): void {
    this.knownSeq = numbers === null ? Math.max(this.knownSeq, firstSeq ?? 0) : 0;
  }

  /** The store ends here. */
  end(durableSeq: number): void {
    this.highestShownSeq = this.sequence.highest;
    this.knownSeq = Math.max(this.knownSeq, durableSeq);
    const { path = this.#store.paths.active, base = 0, horizon = 0 } = this.#part ?? {};
    this.sequence.end(this.knownSeq, {
      path,
      position: base + horizon,
      offset: horizon,
      length: 0,
      number: this.#lastLine,
    });
    // Where a tool left lines out too, that is told in its place.
    if (!this.sequence.gaps.some((gap) => gap.isByOtherTool)) this.#reportTraces();
    this.#nonFinite.report((place, what, count) =>
      this.#anomalies.add({
        code: "NON_FINITE_NUMBER",
        ...place,
        reason: `${count} lines hold ${what}, first here; they are read as null and kept`,
        next: "nothing needs to be done",
      })
    );
  }

  // What is missing before the file's first number is found again when the file is passed over.
  #hasFindingsOfSequence({ path }: StorePart): boolean {
    const { gaps, mismatches, suspects, suspectsDropped } = this.sequence;
    const first = this.#builder.firstSeq;
    return suspectsDropped > 0 ||
      gaps.some(({ place, to }) => place.path === path && to >= first) ||
      [...mismatches, ...suspects].some(({ place }) => place.path === path);
  }

  #noteHarmless(kept: OncePerStore, line: StoreLine, what: string): void {
    this.#isPlain = false;
    kept.note(line, what);
  }

  #reportTraces(): void {
    this.#traces.report((place, what, count) =>
      this.#anomalies.add({
        code: "REWRITTEN_BY_OTHER_TOOL",
        ...place,
        reason:
          `another tool's hand shows in ${count} lines (${what}), first here; all are accepted`,
        next: "nothing needs to be done",
      })
    );
  }

  #addDamaged(line: StoreLine): void {
    const code = line.verdict.code ?? "CORRUPTED_LINE";
    const lost = contentDamage(line.source.file, line.offset, line.length);
    this.#isPlain = false;
    this.#isTorn = code === "TRUNCATED_LINE";
    this.sequence.damaged();
    this.#anomalies.add({
      code,
      ...placeOf(line),
      reason: lost?.reason ?? DAMAGE_REASONS[code] ?? "the line is damaged",
      next: lost?.isTooLarge ? TOO_LARGE_NEXT : nextCommand(this.#store, "recover"),
    });
  }

  // Nothing is lost yet, but tools that read line by line would miss both.
  #addLostNewline(line: StoreLine): void {
    this.#isPlain = false;
    this.#lostNewlines++;
    this.#anomalies.add({
      code: "PARTIAL_WRITE",
      ...placeOf(line),
      length: 0,
      reason: "a newline is missing here: two good lines stand glued together, both are read",
      next: nextCommand(this.#store, "recover"),
    });
  }

  #addCheckpoint(line: StoreLine): void {
    const { verdict } = line;
    const value = valueOf(line.bytes, verdict);
    const checkpoint = value && decodeCheckpoint(value);
    if (checkpoint === null) {
      this.#addUnknownKind(line);
      return;
    }
    if (isNewerFormat(checkpoint)) this.newerVersion = checkpoint.version;
    this.sequence.checkpoint(checkpoint, line, verdict.state === "rewritten");
  }

  #addUnknownKind(line: StoreLine): void {
    this.#isPlain = false;
    const kind = JSON.stringify(shortened(line.verdict.kind ?? ""));
    this.#anomalies.add({
      code: "UNKNOWN_KIND",
      ...placeOf(line),
      reason: `this version reads no records of kind ${kind}; kept`,
      next: "nothing needs to be done; a newer papyra may read it",
    });
  }
}

function placeOf({ path, position, offset, length, number, verdict }: StoreLine) {
  return { file: path, position, offset, length, line: number, seq: verdict.seq };
}

/** Something harmless that may concern every line is told once, with its count. */
class OncePerStore {
  #first: ReturnType<typeof placeOf> | null = null;
  #what = "";
  #count = 0;

  note(line: StoreLine, what: string): void {
    this.#first ??= placeOf(line);
    if (this.#count === 0) this.#what = what;
    this.#count++;
  }

  report(tell: (place: ReturnType<typeof placeOf>, what: string, count: number) => void): void {
    if (this.#first !== null) tell(this.#first, this.#what, this.#count);
  }
}
