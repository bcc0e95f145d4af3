/**
 * Counts records by their time, in constant memory, without knowing beforehand how long a time they
 * span.
 *
 * @module
 */

import { totalOf } from "../model/count_by_kind.ts";
import type { RecordKind } from "../model/record.ts";
import type { CountByKind } from "../model/report.ts";
import type { Growth, GrowthBucket } from "./store_report.ts";

type Counts = { [K in RecordKind]: number };

// Each width is a whole number of the one before, so that periods can be joined.
const WIDTHS = [
  1,
  5,
  15,
  60,
  300,
  900,
  3600,
  10_800,
  21_600,
  86_400,
  604_800,
  2_419_200,
  14_515_200,
] as const;
const WIDTH_FACTOR = 10;
const PERIODS_MAX = 4096;
const BUCKETS_MAX = 80;

// Where nine tenths of the records lie, and four times as far on either side, is drawn. A single record
// of the year 1970 must not press all others into one bar.
const CORE_MARGIN = 0.05;
const REACH = 4;
const CORE_SECONDS_MIN = 60;

// No calendar goes further, to either side of 1970.
const CALENDAR_SECONDS = 8.64e12;

const NO_BUCKETS = { bucketSeconds: 0, buckets: [], earlier: 0, later: 0 } as const;

/** Records by period. */
export class GrowthTally {
  #step = 0;
  #periods = new Map<number, Counts>();
  #untimed = 0;
  #beforeAll = 0;
  #behindAll = 0;

  /** Counts a record. */
  add(kind: RecordKind, timestamp: number | null): void {
    if (timestamp === null) {
      this.#untimed++;
    } else if (timestamp < -CALENDAR_SECONDS) {
      this.#beforeAll++;
    } else if (timestamp > CALENDAR_SECONDS) {
      this.#behindAll++;
    } else {
      this.#addTimed(kind, timestamp);
    }
  }

  #addTimed(kind: RecordKind, timestamp: number): void {
    countsAt(this.#periods, Math.floor(timestamp / widthAt(this.#step)))[kind]++;
    while (this.#periods.size > PERIODS_MAX) this.#joinTo(this.#step + 1);
  }

  /** What was counted, in a number of periods that can be drawn. */
  growth(): Growth {
    const drawn = this.#drawnRange();
    const { earlier, later, ...rest } = drawn === null ? NO_BUCKETS : this.#bucketsFor(drawn);
    return {
      ...rest,
      earlier: earlier + this.#beforeAll,
      later: later + this.#behindAll,
      untimed: this.#untimed,
    };
  }

  #bucketsFor(drawn: Range): Omit<Growth, "untimed"> {
    let step = this.#step;
    while (bucketsIn(drawn, widthAt(step)) > BUCKETS_MAX) step++;
    this.#joinTo(step);
    return this.#bucketsOf(drawn);
  }

  #bucketsOf(drawn: Range): Omit<Growth, "untimed"> {
    const width = widthAt(this.#step);
    const first = Math.floor(drawn.from / width);
    const buckets: GrowthBucket[] = Array.from(
      { length: bucketsIn(drawn, width) },
      (_, index) => ({
        from: (first + index) * width,
        records: this.#periods.get(first + index) ?? noCounts(),
      }),
    );
    const sumWhere = (isMeant: (index: number) => boolean) =>
      [...this.#periods].reduce(
        (sum, [index, counts]) => sum + (isMeant(index) ? totalOf(counts) : 0),
        0,
      );
    return {
      bucketSeconds: width,
      buckets,
      earlier: sumWhere((index) => index < first),
      later: sumWhere((index) => index >= first + buckets.length),
    };
  }

  #drawnRange(): Range | null {
    const width = widthAt(this.#step);
    const sorted = [...this.#periods].sort(([one], [other]) => one - other);
    if (sorted.length === 0) return null;
    const all = sorted.reduce((sum, [, counts]) => sum + totalOf(counts), 0);
    const core = {
      from: quantile(sorted, all * CORE_MARGIN),
      to: quantile(sorted, all * (1 - CORE_MARGIN)),
    };
    const reach = REACH * Math.max((core.to - core.from) * width, CORE_SECONDS_MIN) / width;
    const near = sorted.filter(([index]) => index >= core.from - reach && index <= core.to + reach);
    return { from: near[0]![0] * width, to: near.at(-1)![0] * width };
  }

  #joinTo(step: number): void {
    if (step === this.#step) return;
    const ratio = widthAt(step) / widthAt(this.#step);
    const joined = new Map<number, Counts>();
    for (const [index, counts] of this.#periods) {
      const sum = countsAt(joined, Math.floor(index / ratio));
      for (const kind of Object.keys(counts) as RecordKind[]) sum[kind] += counts[kind];
    }
    this.#periods = joined;
    this.#step = step;
  }
}

/** From the beginning of the first period to that of the last. */
interface Range {
  readonly from: number;
  readonly to: number;
}

function widthAt(step: number): number {
  const last = WIDTHS.length - 1;
  return step <= last ? WIDTHS[step]! : WIDTHS[last]! * WIDTH_FACTOR ** (step - last);
}

function bucketsIn({ from, to }: Range, width: number): number {
  return Math.floor(to / width) - Math.floor(from / width) + 1;
}

function quantile(sorted: readonly (readonly [number, CountByKind])[], rank: number): number {
  let sum = 0;
  for (const [index, counts] of sorted) {
    sum += totalOf(counts);
    if (sum > rank) return index;
  }
  return sorted.at(-1)![0];
}

function countsAt(periods: Map<number, Counts>, index: number): Counts {
  let counts = periods.get(index);
  if (counts === undefined) periods.set(index, counts = noCounts());
  return counts;
}

function noCounts(): Counts {
  return { event: 0, audit: 0, dead_letter: 0 };
}
