/**
 * Carries what this process counts to the totals that its store keeps.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";
import { messageOf } from "../errors.ts";
import { Counters } from "../metrics/counters.ts";
import { counterPlace, type Series } from "../metrics/series.ts";
import { addShares, isEmptyShare, type KeptTotals, type MetricsShare } from "../metrics/share.ts";
import type { CounterName, HistogramName } from "../metrics/snapshot.ts";
import type { StoreTelemetry } from "../telemetry/store_telemetry.ts";

/** The totals of all processes, wherever a backend keeps them. */
export interface MetricsTotals {
  /** The totals, without this process's unsaved share. */
  load(): Promise<KeptTotals>;
  /** Adds to the totals, all of it or nothing; false where they cannot be kept now. */
  add(share: MetricsShare): Promise<boolean>;
  /** Sets the totals to zero; marks stay. */
  reset(): Promise<void>;
}

/** The totals with this process's share, and why that could not be added where it could not. */
export interface CurrentTotals {
  /** The sum. */
  readonly totals: KeptTotals;
  /** Why this process's share is only counted in here; null where it was added. */
  readonly unsavedReason: string | null;
}

const SAVE_INTERVAL_MS = 5000;

/** Counts, and saves the counts now and then. */
export class MetricsKeeper {
  readonly #totals: MetricsTotals;
  readonly #counters = new Counters();
  readonly #isCounting: boolean;
  readonly #telemetry: StoreTelemetry | null;
  // What was told to the host's telemetry and not added to the totals.
  #told: MetricsShare["counts"] = {};
  #turn: Promise<unknown> = Promise.resolve();
  // Undefined while nothing is to be saved, null once nothing is any more.
  #timer: ReturnType<typeof setTimeout> | undefined | null;
  #unsavedReason: string | null = null;

  /**
   * @param isCounting whether what this process does is counted
   * @param telemetry the host's, where it has one
   */
  constructor(totals: MetricsTotals, isCounting: boolean, telemetry: StoreTelemetry | null) {
    this.#totals = totals;
    this.#isCounting = isCounting;
    this.#telemetry = telemetry;
  }

  /** Adds to a count. */
  add(series: Series, amount = 1): void {
    if (!this.#isCounting) return;
    this.#counters.add(series, amount);
    if (this.#timer === undefined) this.#start();
  }

  /** Adds to one counter. */
  count(name: CounterName, amount = 1): void {
    this.add(counterPlace(name), amount);
  }

  /** Takes note of a value. */
  observe(name: HistogramName, value: number): void {
    if (!this.#isCounting) return;
    this.#counters.observe(name, value);
    this.#telemetry?.observe(name, value);
  }

  /** Sets marks. */
  mark(marks: MetricsShare["marks"]): void {
    if (this.#isCounting) this.#counters.mark(marks);
  }

  /** Saves for the last time. */
  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.save();
    await this.#telemetry?.end();
  }

  /** Adds what was counted to the totals; never rejects. */
  save(): Promise<void> {
    return this.#inTurn(() => this.#saveShare());
  }

  /** The totals with this process's share. */
  current(): Promise<CurrentTotals> {
    return this.#inTurn(async () => {
      await this.#saveShare();
      const kept = await this.#totals.load();
      const unsaved = this.#counters.peek();
      return {
        totals: { ...kept, ...addShares(kept, unsaved) },
        unsavedReason: isEmptyShare(unsaved) ? null : this.#unsavedReason,
      };
    });
  }

  /** Sets every counter to zero. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      this.#tellHost(this.#counters.peek());
      this.#told = {};
      this.#counters.forgetCounts();
      await this.#totals.reset();
    });
  }

  // Saves what was counted a few seconds from now. A timer must not keep a program alive that has nothing
  // else to do, nor wake one that counts nothing.
  #start(): void {
    this.#timer = setTimeout(() => {
      if (this.#timer !== null) this.#timer = undefined;
      void this.save();
    }, SAVE_INTERVAL_MS);
    this.#timer.unref();
  }

  async #saveShare(): Promise<void> {
    const share = this.#counters.take();
    if (isEmptyShare(share)) return;
    this.#unsavedReason = null;
    this.#tellHost(share);
    if (await this.#isAdded(share)) return;
    this.#counters.putBack(share);
    this.#told = share.counts;
  }

  // Whether the totals can be kept or not, what was counted is told once.
  #tellHost({ counts }: MetricsShare): void {
    if (this.#telemetry === null) return;
    const fresh = Object.entries(counts).map(([name, count]) => [
      name,
      count - (this.#told[name] ?? 0),
    ]);
    this.#told = {};
    this.#telemetry.count(Object.fromEntries(fresh));
  }

  async #isAdded(share: MetricsShare): Promise<boolean> {
    try {
      return await this.#totals.add(share);
    } catch (error) {
      // Counting must not fail what is counted. It is told by the next snapshot.
      this.#unsavedReason = messageOf(error);
      return false;
    }
  }

  // One at a time: a share that is on its way to the totals is in neither place.
  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(body, body);
    this.#turn = turn;
    return turn;
  }
}
