/**
 * A store's life: calls are let in while it is open, and it is let go of when they have ended.
 *
 * @module
 */

import { abortError, PapyraError, throwIfAborted } from "../errors.ts";

/** Keeps account of the calls that run, and refuses those that come too late. */
export class Lifecycle {
  readonly #describe: () => string;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  /** @param describe names the store in errors */
  constructor(describe: () => string) {
    this.#describe = describe;
  }

  /** Throws STORE_CLOSED once closing has begun. */
  assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new PapyraError("STORE_CLOSED", `Cannot use ${this.#describe()}: the store was closed`);
  }

  /** Runs `body`, whose beginning is not put off, unless the store is closed or the signal fired. */
  async run<T>(body: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.assertOpen();
    throwIfAborted(signal);
    const running = body();
    this.#running.add(running);
    try {
      return await running;
    } catch (error) {
      throw named(error, signal);
    } finally {
      this.#running.delete(running);
    }
  }

  /** Yields what `begin` gives until the store is closed or the signal fires. */
  async *guard<T>(
    begin: () => AsyncIterable<T>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<T> {
    this.assertOpen();
    throwIfAborted(signal);
    try {
      for await (const item of begin()) {
        this.assertOpen();
        throwIfAborted(signal);
        yield item;
      }
    } catch (error) {
      throw named(error, signal);
    }
  }

  /** Lets no call in any more, waits for those that run, then does `body`, once. */
  close(body: () => Promise<void>): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#running).then(body);
    return this.#closing;
  }
}

// Much that takes a signal rejects with its bare reason.
function named(error: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted && error === signal.reason ? abortError(signal) : error;
}
