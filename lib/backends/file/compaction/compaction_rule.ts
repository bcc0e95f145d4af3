/**
 * Which lines a compaction keeps, and what it counts of them.
 *
 * @module
 */

import { isRecordKind, RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import type { CompactionCounts } from "../../../model/report.ts";
import type { LineRule } from "../replacing/line_copy.ts";
import { Extremes, type LineCounts, lineTimestamp, timestampsOf } from "../store/line_tally.ts";
import type { RetentionCutoffs } from "../reading/retention_cutoffs.ts";
import { CHECKPOINT_KIND } from "../../../storage/format.ts";
import type { KindRun } from "../../../storage/lines/plain_run.ts";
import type { StoreLine } from "../store/store_lines.ts";
import { linesOf, StoreRun } from "../store/store_runs.ts";

/** Keeps what retention keeps, and whatever is no record that retention knows. */
export class CompactionRule implements LineRule {
  // A record that is missing without a reason must not be taken for one that was compacted away.
  readonly carriesLosses = true;
  /** Records kept although their timestamp lies in the future. */
  futureRecords = 0;
  /** Damaged lines, which are kept. */
  damagedLines = 0;
  /** Bytes of the records that are not kept. */
  removedBytes = 0;
  /** Lines that are kept; checkpoints are no business of a rule. */
  keptLines = 0;

  readonly #cutoffs: RetentionCutoffs;
  readonly #nowSeconds: number;
  readonly #tallies = {
    event: new KindTally(),
    audit: new KindTally(),
    dead_letter: new KindTally(),
  };

  constructor(cutoffs: RetentionCutoffs, nowSeconds: number) {
    this.#cutoffs = cutoffs;
    this.#nowSeconds = nowSeconds;
  }

  /** Whether retention keeps the line; counts it. */
  keeps(line: StoreLine): boolean {
    const { state, kind } = line.verdict;
    if (state === "damaged") this.damagedLines++;
    if (state === "damaged" || !isRecordKind(kind)) {
      const isKept = line.position >= this.#cutoffs.droppedBefore;
      if (isKept && state !== "blank") this.keptLines++;
      if (!isKept) this.removedBytes += line.length;
      return isKept;
    }
    const timestamp = lineTimestamp(line);
    const isKept = this.#cutoffs.keeps(kind, line.position, timestamp);
    if (isKept) this.keptLines++;
    if (isKept && timestamp !== null && timestamp > this.#nowSeconds) this.futureRecords++;
    if (!isKept) this.removedBytes += line.length;
    this.#tallies[kind].add(line, timestamp, isKept);
    return isKept;
  }

  /** Counts what is kept of lines that nobody copies. */
  count(batch: readonly (StoreLine | StoreRun)[]): void {
    for (const each of batch) {
      if (each instanceof StoreRun && this.keptKinds(each) !== null) continue;
      for (const line of linesOf(each)) {
        if (line.verdict.kind !== CHECKPOINT_KIND) this.keeps(line);
      }
    }
  }

  /** The kinds that retention keeps of a run; null where that differs within one, and nothing was counted. */
  keptKinds(run: StoreRun): ReadonlySet<RecordKind> | null {
    const kinds = RECORD_KINDS.filter((kind) => run.run.kinds[kind] !== null);
    const verdicts = kinds.map((kind) => this.#verdictOn(kind, run));
    if (verdicts.includes(null)) return null;
    const kept = kinds.filter((_, index) => verdicts[index]);
    for (const kind of kinds) this.#addRun(kind, run.run.kinds[kind]!, kept.includes(kind));
    return new Set(kept);
  }

  #addRun(kind: RecordKind, run: KindRun, isKept: boolean): void {
    this.#tallies[kind].addRun(run, isKept);
    if (isKept) this.keptLines += run.records;
    else this.removedBytes += run.bytes;
  }

  // Cutoffs only ever keep what stands further behind, or is younger.
  #verdictOn(kind: RecordKind, { run, position, length }: StoreRun): boolean | null {
    const { oldest, newest } = run.kinds[kind]!;
    if (this.#cutoffs.keeps(kind, position, oldest)) return newest <= this.#nowSeconds || null;
    return this.#cutoffs.keeps(kind, position + length, newest) ? null : false;
  }

  /** Takes in a file of which everything is kept; false where its lines have to be looked at. */
  takeKept(position: number, counts: LineCounts): boolean {
    const { kinds, damagedLines } = counts;
    const newest = timestampsOf(kinds, RECORD_KINDS)?.max ?? -Infinity;
    if (!this.#cutoffs.keepsAll(position, kinds) || newest > this.#nowSeconds) return false;
    this.damagedLines += damagedLines;
    for (const kind of RECORD_KINDS) this.#tallies[kind].addKept(kinds[kind].records);
    return true;
  }

  /** Takes in what another rule has counted in another file. */
  include(other: CompactionRule): void {
    this.futureRecords += other.futureRecords;
    this.damagedLines += other.damagedLines;
    this.removedBytes += other.removedBytes;
    this.keptLines += other.keptLines;
    for (const kind of RECORD_KINDS) this.#tallies[kind].include(other.#tallies[kind]);
  }

  /** What was counted, by kind. */
  counts(): { readonly [K in RecordKind]: CompactionCounts } {
    const { event, audit, dead_letter } = this.#tallies;
    return { event: event.counts(), audit: audit.counts(), dead_letter: dead_letter.counts() };
  }
}

class KindTally {
  readonly #removedSeqs = new Extremes();
  readonly #removedTimestamps = new Extremes();
  #kept = 0;
  #removed = 0;
  #removedBytes = 0;

  add(line: StoreLine, timestamp: number | null, isKept: boolean): void {
    if (isKept) {
      this.#kept++;
      return;
    }
    this.#removed++;
    this.#removedBytes += line.length;
    if (line.verdict.seq !== null) this.#removedSeqs.add(line.verdict.seq);
    if (timestamp !== null) this.#removedTimestamps.add(timestamp);
  }

  addRun({ records, bytes, oldest, newest, firstSeq, lastSeq }: KindRun, isKept: boolean): void {
    if (isKept) {
      this.#kept += records;
      return;
    }
    this.#removed += records;
    this.#removedBytes += bytes;
    for (const seq of [firstSeq, lastSeq]) this.#removedSeqs.add(seq);
    for (const timestamp of [oldest, newest]) this.#removedTimestamps.add(timestamp);
  }

  addKept(records: number): void {
    this.#kept += records;
  }

  include(other: KindTally): void {
    this.#kept += other.#kept;
    this.#removed += other.#removed;
    this.#removedBytes += other.#removedBytes;
    this.#removedSeqs.include(other.#removedSeqs);
    this.#removedTimestamps.include(other.#removedTimestamps);
  }

  counts(): CompactionCounts {
    return {
      beforeRecords: this.#kept + this.#removed,
      afterRecords: this.#kept,
      removedRecords: this.#removed,
      removedBytes: this.#removedBytes,
      removedSeqs: this.#removedSeqs.bounds,
      removedTimestamps: this.#removedTimestamps.bounds,
    };
  }
}
