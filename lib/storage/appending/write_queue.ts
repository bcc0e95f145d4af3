/**
 * What waits to be written, in the order in which it came, bounded in bytes.
 *
 * @module
 */

import { abortError } from "../../errors.ts";

/** The sequence numbers that a write was given. */
export interface WrittenRange {
  /** The first. */
  readonly firstSeq: number;
  /** The last. */
  readonly lastSeq: number;
  /** How many. */
  readonly count: number;
}

/** One caller's records, which are written together or not at all. */
export interface WriteRequest<Item, Answer> {
  /** Each record. */
  readonly records: readonly Item[];
  /** About how many bytes that is. */
  readonly bytes: number;
  /** Tells the caller that it was done. */
  resolve(answer: Answer): void;
  /** Tells the caller that it was not. */
  reject(error: unknown): void;
}

interface QueuedRequest<Item, Answer> extends WriteRequest<Item, Answer> {
  // Neither taken nor withdrawn.
  isWaiting: boolean;
  // A caller's signal may outlive any number of requests.
  letGoOfSignal(): void;
}

const NO_SIGNAL = (): void => {};

/** A queue of write requests. Callers beyond its bound wait outside, in order too. */
export class WriteQueue<Item, Answer = WrittenRange> {
  readonly #bytesMax: number;
  readonly #bytesOf: (item: Item) => number;
  readonly #queued = new Fifo<QueuedRequest<Item, Answer>>();
  readonly #outside = new Fifo<QueuedRequest<Item, Answer>>();
  #queuedBytes = 0;
  #waitingRecords = 0;

  /** `bytesOf` tells about how many bytes an item takes. */
  constructor(bytesMax: number, bytesOf: (item: Item) => number) {
    this.#bytesMax = bytesMax;
    this.#bytesOf = bytesOf;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#queued.first === undefined && this.#outside.first === undefined;
  }

  /** Whether any record waits; without one, what is left are requests that were withdrawn or are empty. */
  get hasRecords(): boolean {
    return this.#waitingRecords > 0;
  }

  /** What waits: records, those of callers outside included, and about how many bytes the queued ones take. */
  get waiting(): { readonly records: number; readonly bytes: number } {
    return { records: this.#waitingRecords, bytes: this.#queuedBytes };
  }

  /** Adds a request; until it is taken, `signal` withdraws it. */
  add(records: readonly Item[], signal: AbortSignal | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw abortError(signal);
      let bytes = 0;
      for (const record of records) bytes += this.#bytesOf(record);
      const request: QueuedRequest<Item, Answer> = {
        records,
        bytes,
        resolve,
        reject,
        isWaiting: true,
        letGoOfSignal: NO_SIGNAL,
      };
      this.#waitingRecords += records.length;
      if (signal !== undefined) this.#withdrawOnAbort(request, signal);
      if (this.#outside.first === undefined && this.#hasRoomFor(request)) this.#admit(request);
      else this.#outside.push(request);
    });
  }

  /** The next request; what was withdrawn is passed over. */
  get next(): WriteRequest<Item, Answer> | undefined {
    for (let next = this.#queued.first; next !== undefined; next = this.#queued.first) {
      if (next.isWaiting) return next;
      this.#drop(next);
    }
    return undefined;
  }

  /**
   * Takes the next requests, as many as make about `bytesMax`, one at the least; `fits` says whether
   * one more may come along.
   */
  take(
    bytesMax: number,
    fits: (request: WriteRequest<Item, Answer>) => boolean = () => true,
  ): WriteRequest<Item, Answer>[] {
    const batch: WriteRequest<Item, Answer>[] = [];
    let bytes = 0;
    for (let next = this.#queued.first; next !== undefined; next = this.#queued.first) {
      if (batch.length > 0 && bytes + next.bytes > bytesMax) break;
      if (next.isWaiting && !fits(next) && batch.length > 0) break;
      this.#drop(next);
      if (!next.isWaiting) continue;
      next.isWaiting = false;
      next.letGoOfSignal();
      this.#waitingRecords -= next.records.length;
      batch.push(next);
      bytes += next.bytes;
    }
    this.#letIn();
    return batch;
  }

  #drop(next: QueuedRequest<Item, Answer>): void {
    this.#queued.shift();
    this.#queuedBytes -= next.bytes;
  }

  #letIn(): void {
    for (let next = this.#outside.first; next !== undefined; next = this.#outside.first) {
      if (!this.#hasRoomFor(next)) return;
      this.#outside.shift();
      this.#admit(next);
    }
  }

  #hasRoomFor(request: QueuedRequest<Item, Answer>): boolean {
    return this.#queuedBytes === 0 || this.#queuedBytes + request.bytes <= this.#bytesMax;
  }

  #admit(request: QueuedRequest<Item, Answer>): void {
    this.#queued.push(request);
    this.#queuedBytes += request.bytes;
  }

  #withdrawOnAbort(request: QueuedRequest<Item, Answer>, signal: AbortSignal): void {
    const withdraw = (): void => {
      request.isWaiting = false;
      this.#waitingRecords -= request.records.length;
      request.reject(abortError(signal));
    };
    signal.addEventListener("abort", withdraw, { once: true });
    request.letGoOfSignal = () => signal.removeEventListener("abort", withdraw);
  }
}

/** First in, first out, in constant time; what was taken is let go of soon. */
class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): void {
    this.#head++;
    if (this.#head * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
