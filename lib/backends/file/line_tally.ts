/**
 * What a scan counts as it goes: records, bytes, numbers, times.
 *
 * @module
 */

import { isRecordKind } from "../../model/record.ts";
import type { Bounds, CountByKind } from "../../model/report.ts";
import { CHECKPOINT_KIND } from "../../storage/format.ts";
import { timestampOf } from "../../storage/line_codec.ts";
import type { StoreLine } from "./store_lines.ts";

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

/** Counts lines. */
export class LineTally {
  readonly #records = { event: 0, audit: 0, dead_letter: 0 };
  readonly #seqs = new Extremes();
  readonly #timestamps = new Extremes();
  #recordsOfUnknownKind = 0;
  #foreignLines = 0;
  #rewrittenLines = 0;
  #damagedBytes = 0;

  /** Takes in one line. */
  add(line: StoreLine): void {
    const { state, kind, seq } = line.verdict;
    if (state === "damaged") {
      this.#damagedBytes += line.length;
      return;
    }
    if (state === "blank" || kind === CHECKPOINT_KIND) return;
    if (state === "foreign") this.#foreignLines++;
    if (state === "rewritten") this.#rewrittenLines++;
    if (isRecordKind(kind)) this.#records[kind]++;
    else this.#recordsOfUnknownKind++;
    if (seq !== null) this.#seqs.add(seq);
    const timestamp = lineTimestamp(line);
    if (timestamp !== null) this.#timestamps.add(timestamp);
  }

  /** What a report says of it. */
  summary() {
    return {
      records: { ...this.#records } satisfies CountByKind,
      recordsOfUnknownKind: this.#recordsOfUnknownKind,
      foreignLines: this.#foreignLines,
      rewrittenLines: this.#rewrittenLines,
      damagedBytes: this.#damagedBytes,
      seqs: this.#seqs.bounds,
      timestamps: this.#timestamps.bounds,
    };
  }
}
