/**
 * Looking at a store for many who ask: one look at a time, whose answer they share, and the verdict of
 * the last one.
 *
 * @module
 */

import type { CallOptions, PersistenceBackend, StartupOptions } from "../backend/backend.ts";
import { messageOf, throwIfAborted } from "../errors.ts";
import { hidePasswords } from "../model/escape_text.ts";
import type { ScanReport } from "../model/report.ts";
import { checkStartup, type StartupReport } from "../operations/startup.ts";
import { shared } from "./shared.ts";

/** What the last look at a store came to. */
export interface StoreVerdict {
  /** Whether the store may be used. */
  readonly isHealthy: boolean;
  /** Anomalies found, warnings included; null where the look failed. */
  readonly anomaliesTotal: number | null;
  /** Why the look failed; null where it did not. */
  readonly failure: string | null;
  /** When it ended, Unix seconds by the clock of the machine. */
  readonly checkedAt: number;
  /** How long ago it ended; no change of the machine's clock changes it. */
  readonly ageSeconds: number;
}

/** How to look. */
export interface StoreCheckOptions {
  /** What a startup check does. */
  readonly startup: StartupOptions;
  /** Stops looking. */
  readonly signal?: AbortSignal | undefined;
  /** A clock that only goes forward, in milliseconds. */
  readonly monotonicMs: () => number;
}

/** The looks at one store. */
export class StoreCheck {
  readonly #store: PersistenceBackend;
  readonly #options: StoreCheckOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #last: (Omit<StoreVerdict, "ageSeconds"> & { readonly endedMs: number }) | null = null;

  constructor(store: PersistenceBackend, options: StoreCheckOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** The last verdict; null where there is none yet. */
  get verdict(): StoreVerdict | null {
    if (this.#last === null) return null;
    const { endedMs, ...verdict } = this.#last;
    return { ...verdict, ageSeconds: (this.#options.monotonicMs() - endedMs) / 1000 };
  }

  /** Scans, or shares the scan that is under way or about to be. */
  readonly scan: () => Promise<ScanReport> = shared(() => this.#inTurn(() => this.#scan()));

  /** Makes a startup check, or shares the one that is under way or about to be. */
  readonly startupCheck: () => Promise<StartupReport> = shared(() =>
    this.#inTurn(() => this.#checkStartup())
  );

  async #scan(): Promise<ScanReport> {
    const report = await this.#store.scan(this.#call);
    this.#note(report.healthy, report.anomaliesTotal);
    return report;
  }

  async #checkStartup(): Promise<StartupReport> {
    const report = await checkStartup(this.#store, { ...this.#options.startup, ...this.#call });
    const last = report.recovery?.after ?? report.scan;
    if (last !== null) this.#note(report.isReady, last.anomaliesTotal);
    return report;
  }

  get #call(): CallOptions {
    const { signal } = this.#options;
    return signal === undefined ? {} : { signal };
  }

  async #inTurn<T>(look: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      throwIfAborted(this.#options.signal);
      return await look();
    });
    this.#turn = turn.catch((error) => this.#noteFailure(error));
    return await turn;
  }

  #note(isHealthy: boolean, anomaliesTotal: number | null, failure: string | null = null): void {
    const endedMs = this.#options.monotonicMs();
    this.#last = { isHealthy, anomaliesTotal, failure, checkedAt: Date.now() / 1000, endedMs };
  }

  #noteFailure(error: unknown): void {
    // A look that was stopped says nothing about the store.
    if (this.#options.signal?.aborted) return;
    this.#note(false, null, hidePasswords(messageOf(error)));
  }
}
