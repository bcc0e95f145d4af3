/**
 * How fast records came of late, by their times, and whether those can be trusted for it.
 *
 * @module
 */

/** What the times of a store's records tell. */
export interface Pace {
  /** When the time began that is looked at. */
  readonly windowFrom: number;
  /** Records of that time. */
  readonly records: number;
  /** Records whose time is yet to come. */
  readonly futureRecords: number;
  /** The oldest time; null where no record has one. */
  readonly oldest: number | null;
  /** Whether, in that time, records were written after others that are much newer. */
  readonly hasStepsBack: boolean;
}

/** The longest time that the pace is measured over. */
export const PACE_WINDOW_SECONDS = 7 * 86_400;

// Clocks of several machines differ a little, and writers that wait for each other come late.
const FUTURE_TOLERANCE_SECONDS = 60;
const STEP_BACK_SECONDS = 3600;

/** Looks at records in the order in which they were written. */
export class PaceTally {
  readonly #now: number;
  readonly #windowFrom: number;
  #records = 0;
  #futureRecords = 0;
  #oldest = Infinity;
  #newest = -Infinity;
  #lastStepAt = -Infinity;

  constructor(now: number) {
    this.#now = now;
    this.#windowFrom = now - PACE_WINDOW_SECONDS;
  }

  /** Counts a record. */
  add(timestamp: number | null): void {
    if (timestamp === null) return;
    if (timestamp > this.#now + FUTURE_TOLERANCE_SECONDS) this.#futureRecords++;
    else if (timestamp >= this.#windowFrom) this.#records++;
    if (timestamp < this.#newest - STEP_BACK_SECONDS) this.#lastStepAt = this.#newest;
    this.#oldest = Math.min(this.#oldest, timestamp);
    this.#newest = Math.max(this.#newest, timestamp);
  }

  /** What it comes to. */
  pace(): Pace {
    const isTimed = this.#oldest !== Infinity;
    return {
      windowFrom: isTimed ? Math.max(this.#windowFrom, this.#oldest) : this.#windowFrom,
      records: this.#records,
      futureRecords: this.#futureRecords,
      oldest: isTimed ? this.#oldest : null,
      hasStepsBack: this.#lastStepAt >= this.#windowFrom,
    };
  }
}
