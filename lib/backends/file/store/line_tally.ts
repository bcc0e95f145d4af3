/**
 * What the lines of a file come to: records, bytes, numbers, times.
 *
 * @module
 */

import { isRecordKind, RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import type { Bounds } from "../../../model/report.ts";
import { CHECKPOINT_KIND } from "../../../storage/format.ts";
import { timestampOf } from "../../../storage/lines/line_codec.ts";
import type { KindRun, PlainRun } from "../../../storage/lines/plain_run.ts";
import type { StoreLine } from "./store_lines.ts";
import { StoreRun } from "./store_runs.ts";

/** What the records of one kind come to. */
export interface KindCounts {
  /** How many. */
  readonly records: number;
  /** The bytes that they take, newlines included. */
  readonly bytes: number;
  /** Their timestamps, as far as they have one. */
  readonly timestamps: Bounds | null;
  /** How many have none. */
  readonly untimed: number;
}

/** What the lines of a file, or of several, come to. */
export interface LineCounts {
  /** Records by kind. */
  readonly kinds: { readonly [K in RecordKind]: KindCounts };
  /** Records of kinds that this version does not know. */
  readonly recordsOfUnknownKind: number;
  /** Lines without number and checksum, accepted. */
  readonly foreignLines: number;
  /** Lines that another tool serialised again, accepted. */
  readonly rewrittenLines: number;
  /** Lines that are not accepted. */
  readonly damagedLines: number;
  /** Their bytes. */
  readonly damagedBytes: number;
  /** Sequence numbers found. */
  readonly seqs: Bounds | null;
}

/** The smallest and the largest of some numbers. */
export class Extremes {
  #min = Infinity;
  #max = -Infinity;

  /** Takes in one more. */
  add(value: number): void {
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Takes in those of another. */
  include(other: Extremes): void {
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /** What they are; null where there was none. */
  get bounds(): Bounds | null {
    return this.#min <= this.#max ? { min: this.#min, max: this.#max } : null;
  }
}

/** The timestamp of an accepted line; null where it has none. */
export function lineTimestamp({ buffer, start, verdict }: StoreLine): number | null {
  if (verdict.value !== null) {
    const { timestamp } = verdict.value;
    return typeof timestamp === "number" ? timestamp : null;
  }
  return verdict.kind === null ? null : timestampOf(buffer, verdict.kind, start);
}

/** Counts the lines of one file. */
export class LineTally {
  readonly #kinds = {
    event: new KindTally(),
    audit: new KindTally(),
    dead_letter: new KindTally(),
  };
  readonly #seqs = new Extremes();
  #recordsOfUnknownKind = 0;
  #foreignLines = 0;
  #rewrittenLines = 0;
  #damagedLines = 0;
  #damagedBytes = 0;

  /** Takes in one line; `timestamp` is its own. */
  add(line: StoreLine, timestamp: number | null): void {
    const { state, kind, seq } = line.verdict;
    if (state === "damaged") {
      this.#damagedLines++;
      this.#damagedBytes += line.length;
      return;
    }
    if (state === "blank" || kind === CHECKPOINT_KIND) return;
    if (state === "foreign") this.#foreignLines++;
    if (state === "rewritten") this.#rewrittenLines++;
    if (isRecordKind(kind)) this.#kinds[kind].add(line.length, timestamp);
    else this.#recordsOfUnknownKind++;
    if (seq !== null) this.#seqs.add(seq);
  }

  /** Takes in lines, and runs of them. */
  addAll(batch: readonly (StoreLine | StoreRun)[]): void {
    for (const each of batch) {
      if (each instanceof StoreRun) this.addRun(each.run);
      else this.add(each, lineTimestamp(each));
    }
  }

  /** Takes in a run. */
  addRun({ kinds, firstSeq, lastSeq }: PlainRun): void {
    for (const kind of RECORD_KINDS) {
      const run = kinds[kind];
      if (run !== null) this.#kinds[kind].addRun(run);
    }
    this.#seqs.add(firstSeq);
    this.#seqs.add(lastSeq);
  }

  /** What they come to. */
  get counts(): LineCounts {
    const { event, audit, dead_letter } = this.#kinds;
    return {
      kinds: { event: event.counts, audit: audit.counts, dead_letter: dead_letter.counts },
      recordsOfUnknownKind: this.#recordsOfUnknownKind,
      foreignLines: this.#foreignLines,
      rewrittenLines: this.#rewrittenLines,
      damagedLines: this.#damagedLines,
      damagedBytes: this.#damagedBytes,
      seqs: this.#seqs.bounds,
    };
  }
}

class KindTally {
  readonly #timestamps = new Extremes();
  #records = 0;
  #bytes = 0;
  #untimed = 0;

  add(bytes: number, timestamp: number | null): void {
    this.#records++;
    this.#bytes += bytes;
    if (timestamp === null) this.#untimed++;
    else this.#timestamps.add(timestamp);
  }

  addRun({ records, bytes, oldest, newest }: KindRun): void {
    this.#records += records;
    this.#bytes += bytes;
    this.#timestamps.add(oldest);
    this.#timestamps.add(newest);
  }

  get counts(): KindCounts {
    const { bounds } = this.#timestamps;
    return {
      records: this.#records,
      bytes: this.#bytes,
      timestamps: bounds,
      untimed: this.#untimed,
    };
  }
}

/** What the lines of no file come to. */
export const NO_LINES: LineCounts = new LineTally().counts;

/** What the lines of two files come to. */
export function addCounts(one: LineCounts, other: LineCounts): LineCounts {
  const kinds = RECORD_KINDS.map((kind) => {
    const [a, b] = [one.kinds[kind], other.kinds[kind]];
    return [kind, {
      records: a.records + b.records,
      bytes: a.bytes + b.bytes,
      timestamps: joinBounds(a.timestamps, b.timestamps),
      untimed: a.untimed + b.untimed,
    }];
  });
  return {
    kinds: Object.fromEntries(kinds) as LineCounts["kinds"],
    recordsOfUnknownKind: one.recordsOfUnknownKind + other.recordsOfUnknownKind,
    foreignLines: one.foreignLines + other.foreignLines,
    rewrittenLines: one.rewrittenLines + other.rewrittenLines,
    damagedLines: one.damagedLines + other.damagedLines,
    damagedBytes: one.damagedBytes + other.damagedBytes,
    seqs: joinBounds(one.seqs, other.seqs),
  };
}

/** The timestamps of records of the given kinds. */
export function timestampsOf(
  counts: LineCounts["kinds"],
  kinds: Iterable<RecordKind>,
): Bounds | null {
  let bounds: Bounds | null = null;
  for (const kind of kinds) bounds = joinBounds(bounds, counts[kind].timestamps);
  return bounds;
}

function joinBounds(one: Bounds | null, other: Bounds | null): Bounds | null {
  if (one === null || other === null) return one ?? other;
  return { min: Math.min(one.min, other.min), max: Math.max(one.max, other.max) };
}
