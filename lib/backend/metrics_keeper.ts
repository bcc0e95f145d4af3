/**
 * Carries what this process counts to the totals that its store keeps.
 *
 * @module
 */

import { clearInterval, setInterval } from "node:timers";
import { Counters } from "../metrics/counters.ts";
import { addSnapshots, type CounterName, type MetricsSnapshot } from "../metrics/snapshot.ts";

/** The totals of all processes, wherever a backend keeps them. */
export interface MetricsTotals {
  /** The totals, without this process's unsaved share. */
  load(): Promise<MetricsSnapshot>;
  /** Adds to the totals; false where they cannot be kept now. */
  add(share: MetricsSnapshot): Promise<boolean>;
  /** Sets the totals to zero. */
  reset(): Promise<void>;
}

const SAVE_INTERVAL_MS = 5000;

/** Counts, and saves the counts now and then. */
export class MetricsKeeper {
  readonly #totals: MetricsTotals;
  readonly #counters = new Counters();
  #turn: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(totals: MetricsTotals) {
    this.#totals = totals;
  }

  /** Adds to one counter. */
  count(name: CounterName, amount = 1): void {
    this.#counters.add(name, amount);
  }

  /** Runs `body`, and counts how it ended. */
  async counting<T>(
    done: CounterName,
    failed: CounterName,
    body: () => Promise<T>,
    amount = 1,
  ): Promise<T> {
    try {
      const result = await body();
      this.count(done, amount);
      return result;
    } catch (error) {
      this.count(failed);
      throw error;
    }
  }

  /** Saves from now on every few seconds. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.save(), SAVE_INTERVAL_MS);
    // A timer must not keep a program alive that has nothing else to do.
    this.#timer.unref();
  }

  /** Saves for the last time. */
  stop(): Promise<void> {
    clearInterval(this.#timer);
    return this.save();
  }

  /** Adds what was counted to the totals; never rejects. */
  save(): Promise<void> {
    return this.#inTurn(() => this.#saveShare());
  }

  /** The totals with this process's share. */
  snapshot(): Promise<MetricsSnapshot> {
    return this.#inTurn(async () => {
      await this.#saveShare();
      return addSnapshots(await this.#totals.load(), this.#counters.peek());
    });
  }

  /** Sets every counter to zero. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      this.#counters.take();
      await this.#totals.reset();
    });
  }

  async #saveShare(): Promise<void> {
    if (this.#counters.isEmpty) return;
    const share = this.#counters.take();
    const isSaved = await this.#totals.add(share).catch(() => false);
    if (!isSaved) this.#counters.addAll(share);
  }

  // One at a time: a share that is on its way to the totals is in neither place.
  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(body, body);
    this.#turn = turn;
    return turn;
  }
}
