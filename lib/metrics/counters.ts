/**
 * What this process has counted and not yet added to its store's totals.
 *
 * @module
 */

import { bucketOf, HISTOGRAM_BOUNDS, SUM_SCALES } from "./histogram_bounds.ts";
import { bucketsPlace, placeOf, type Series, SERIES_NAMES } from "./series.ts";
import type { MetricsShare } from "./share.ts";
import type { HistogramName } from "./snapshot.ts";

/** A set of counters that only grow until they are taken. */
export class Counters {
  // Small whole numbers that grow by every record: an array of doubles is the least that this can cost.
  readonly #counts = new Float64Array(SERIES_NAMES.length);
  #marks: { [mark: string]: number } = {};

  /** Adds to one of them. */
  add(series: Series, amount: number): void {
    this.#counts[series]! += amount;
  }

  /** Takes note of a value. What a clock that jumps, or a rounded sum, makes of it is not below zero. */
  observe(name: HistogramName, value: number): void {
    const first = bucketsPlace(name);
    const bounds = HISTOGRAM_BOUNDS[name];
    const known = value > 0 ? value : 0;
    this.#counts[first + bucketOf(bounds, known)]! += 1;
    this.#counts[first + bounds.length + 1]! += Math.round(known * SUM_SCALES[name]);
  }

  /** Sets marks. */
  mark(marks: MetricsShare["marks"]): void {
    Object.assign(this.#marks, marks);
  }

  /** Puts back what was taken and not added: counts are added, marks set since stay. */
  putBack({ counts, marks }: MetricsShare): void {
    for (const [name, count] of Object.entries(counts)) {
      const place = placeOf(name);
      if (place !== undefined) this.#counts[place]! += count;
    }
    this.#marks = { ...marks, ...this.#marks };
  }

  /** What there is. */
  peek(): MetricsShare {
    const counts: { [series: string]: number } = {};
    for (const [place, count] of this.#counts.entries()) {
      if (count !== 0) counts[SERIES_NAMES[place]!] = count;
    }
    return { counts, marks: { ...this.#marks } };
  }

  /** What there is; it starts again from nothing. */
  take(): MetricsShare {
    const taken = this.peek();
    this.forgetCounts();
    this.#marks = {};
    return taken;
  }

  /** Sets every count to zero. */
  forgetCounts(): void {
    this.#counts.fill(0);
  }
}
