/**
 * What this process has counted and not yet added to its store's totals.
 *
 * @module
 */

import {
  COUNTER_NAMES,
  type CounterName,
  emptySnapshot,
  type MetricsSnapshot,
} from "./snapshot.ts";

/** A set of counters that only grow until they are taken. */
export class Counters {
  #counts: Record<CounterName, number> = { ...emptySnapshot() };

  /** Adds to one counter. */
  add(name: CounterName, amount = 1): void {
    this.#counts[name] += amount;
  }

  /** Adds a whole set of counts. */
  addAll(counts: MetricsSnapshot): void {
    for (const name of COUNTER_NAMES) this.#counts[name] += counts[name];
  }

  /** The counts so far. */
  peek(): MetricsSnapshot {
    return { ...this.#counts };
  }

  /** The counts so far, which start again from zero. */
  take(): MetricsSnapshot {
    const taken = this.#counts;
    this.#counts = { ...emptySnapshot() };
    return taken;
  }

  /** Whether there is nothing to take. */
  get isEmpty(): boolean {
    return COUNTER_NAMES.every((name) => this.#counts[name] === 0);
  }
}
