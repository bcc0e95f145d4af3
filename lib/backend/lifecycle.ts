/**
 * A store's life: calls are let in while it is open, and it is let go of when they have ended.
 *
 * @module
 */

import { abortError, PapyraError, throwIfAborted } from "../errors.ts";
import { linkSignals } from "./linked_signal.ts";

/** Keeps account of the calls that run, and refuses those that come too late. */
export class Lifecycle {
  readonly #describe: () => string;
  #running = 0;
  #onIdle: () => void = () => {};
  #closing: Promise<void> | undefined;
  readonly #ending = new AbortController();

  /** @param describe names the store in errors */
  constructor(describe: () => string) {
    this.#describe = describe;
  }

  /** Fires, with STORE_CLOSED as its reason, when closing begins. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Throws STORE_CLOSED once closing has begun. */
  assertOpen(): void {
    if (this.#closing !== undefined) throw this.#closedError();
  }

  /** Runs `body`, whose beginning is not put off, unless the store is closed or the signal fired. */
  run<T>(body: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      this.assertOpen();
      throwIfAborted(signal);
    } catch (refusal) {
      return Promise.reject(refusal);
    }
    this.#running++;
    // Every record goes through here: an async function would make two more promises for each.
    return begin(body).then((value) => {
      this.#leave();
      return value;
    }, (error) => {
      this.#leave();
      throw named(error, signal);
    });
  }

  /** Runs `body` so with a signal that fires with the one given, and when closing begins. */
  during<T>(body: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.run(async () => {
      const end = linkSignals([signal, this.ending]);
      try {
        return await body(end.signal);
      } finally {
        end.unlink();
      }
    }, signal);
  }

  /** Yields what `begin` gives for such a signal, which fires with each of those given. */
  async *linked<T>(
    begin: (signal: AbortSignal) => AsyncIterable<T>,
    ...signals: readonly (AbortSignal | undefined)[]
  ): AsyncGenerator<T> {
    const end = linkSignals([...signals, this.ending]);
    try {
      yield* begin(end.signal);
    } finally {
      end.unlink();
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
    if (this.#closing === undefined) {
      this.#closing = this.#untilIdle().then(body);
      this.#ending.abort(this.#closedError());
    }
    return this.#closing;
  }

  #leave(): void {
    if (--this.#running === 0) this.#onIdle();
  }

  #closedError(): PapyraError {
    const message = `Cannot use ${this.#describe()}: the store was closed`;
    return new PapyraError("STORE_CLOSED", message);
  }

  #untilIdle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle = resolve);
  }
}

// What is thrown before there is a promise is what the promise would have been rejected with.
function begin<T>(body: () => Promise<T>): Promise<T> {
  try {
    return body();
  } catch (error) {
    return Promise.reject(error);
  }
}

// Much that takes a signal rejects with its bare reason.
function named(error: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted && error === signal.reason ? abortError(signal) : error;
}
