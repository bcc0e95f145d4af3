/**
 * A store that is followed while a case goes on to do other things.
 *
 * @module
 */

import type { FollowQuery, PersistenceBackend } from "../backend/backend.ts";
import { messageOf } from "../errors.ts";
import { RECORD_KINDS, type RecordKind, type StoredRecord } from "../model/record.ts";

// What does not come fails a case, whatever else the machine has to do.
const TIMEOUT_MS = 30_000;

/** Collects what comes. */
export class Following implements AsyncDisposable {
  /** What came so far. */
  readonly records: StoredRecord[] = [];
  /** How often everything had come that was recorded so far. */
  caughtUp = 0;
  readonly #records: AsyncIterator<StoredRecord>;
  readonly #ended: Promise<void>;
  #error: unknown;
  #isEnded = false;
  #onChange: () => void = () => {};

  /** Begins to follow. */
  constructor(
    store: PersistenceBackend,
    query: FollowQuery = {},
    kinds: readonly RecordKind[] = RECORD_KINDS,
  ) {
    const onCaughtUp = async () => {
      this.caughtUp++;
      this.#onChange();
      await query.onCaughtUp?.();
    };
    this.#records = store.follow(kinds, { ...query, onCaughtUp })[Symbol.asyncIterator]();
    this.#ended = this.#collect();
  }

  /** The numbers of what came so far. */
  get seqs(): (number | null)[] {
    return this.records.map(({ seq }) => seq);
  }

  /** Waits until so many records have come; throws what ended it before. */
  async until(count: number): Promise<readonly StoredRecord[]> {
    await this.#wait(() => this.records.length >= count);
    return this.records;
  }

  /** Waits until all had come that was recorded when it began, or so many times more. */
  async untilCaughtUp(times = 1): Promise<readonly StoredRecord[]> {
    await this.#wait(() => this.caughtUp >= times);
    return this.records;
  }

  /** Waits until it has looked at a change of which it makes nothing, or all that there is to make. */
  untilLooked(): Promise<readonly StoredRecord[]> {
    return this.untilCaughtUp(this.caughtUp + 1);
  }

  /** Waits for the error that ends it. */
  async untilRefused(): Promise<never> {
    await within(this.#ended, () => "It was not refused");
    throw this.#error ?? new Error("It ended without an error");
  }

  /** Leaves it, whatever it waits for. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#records.return?.();
    await this.#ended;
  }

  async #wait(isMet: () => boolean): Promise<void> {
    while (!isMet()) {
      if (this.#isEnded) {
        const why = this.#error === undefined ? "" : `: ${messageOf(this.#error)}`;
        throw new Error(`Ended after ${this.records.length} records${why}`);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onChange = resolve;
      await within(promise, () => `Still waiting after ${this.records.length} records`);
    }
  }

  async #collect(): Promise<void> {
    try {
      for (;;) {
        const next = await this.#records.next();
        if (next.done) break;
        this.records.push(next.value);
        this.#onChange();
      }
    } catch (error) {
      this.#error = error;
    }
    this.#isEnded = true;
    this.#onChange();
  }
}

async function within(promise: Promise<void>, told: () => string): Promise<void> {
  let timer;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(told())), TIMEOUT_MS);
  });
  try {
    await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
