/**
 * What a case has at hand: stores of its own, which are gone when it ends.
 *
 * @module
 */

import type { PersistenceBackend } from "../backend/backend.ts";
import type { PersistenceOptions } from "../backend/persistence_base.ts";

/** Gives one case its stores. Made anew for each case. */
export interface ConformanceSetup {
  /** Opens a store that was never written, apart from every other one. */
  open(options?: PersistenceOptions): Promise<PersistenceBackend>;
  /** Opens again what `store`, which is closed by now, kept. Needed of durable backends. */
  reopen?(store: PersistenceBackend, options?: PersistenceOptions): Promise<PersistenceBackend>;
  /** Takes away what the case left. Every store is closed by then. */
  dispose(): Promise<void>;
}

/** Opens stores and closes them in the end. */
export class Stage implements AsyncDisposable {
  readonly #setup: ConformanceSetup;
  readonly #opened: PersistenceBackend[] = [];

  /** Takes what the user's setup gave for this case. */
  constructor(setup: ConformanceSetup) {
    this.#setup = setup;
  }

  /** Opens a store that was never written. */
  async open(options: PersistenceOptions = {}): Promise<PersistenceBackend> {
    const store = await this.#setup.open(options);
    this.#opened.push(store);
    return store;
  }

  /** Closes `store` and opens it again. */
  async reopen(
    store: PersistenceBackend,
    options: PersistenceOptions = {},
  ): Promise<PersistenceBackend> {
    await store.close();
    if (this.#setup.reopen === undefined) {
      throw new TypeError("Cannot reopen: a durable backend's setup needs reopen()");
    }
    const reopened = await this.#setup.reopen(store, options);
    this.#opened.push(reopened);
    return reopened;
  }

  /** Closes every store, then disposes of the setup. */
  async [Symbol.asyncDispose](): Promise<void> {
    // A case may have closed its store, and have seen that fail.
    await Promise.allSettled(this.#opened.map((store) => store.close()));
    await this.#setup.dispose();
  }
}
