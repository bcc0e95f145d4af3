/**
 * What waits to be written, in the order in which it came, bounded in bytes.
 *
 * @module
 */

import { abortError } from "../errors.ts";

/** The sequence numbers that a write was given. */
export interface WrittenRange {
  /** The first. */
  readonly firstSeq: number;
  /** The last. */
  readonly lastSeq: number;
}

/** One caller's records, which are written together or not at all. */
export interface WriteRequest {
  /** Each record's JSON. */
  readonly records: readonly string[];
  /** About how many bytes that is. */
  readonly bytes: number;
  /** Tells the caller that it was done. */
  resolve(range: WrittenRange): void;
  /** Tells the caller that it was not. */
  reject(error: unknown): void;
}

interface QueuedRequest extends WriteRequest {
  isCancelled: boolean;
}

/** A queue of write requests. Callers beyond its bound wait outside, in order too. */
export class WriteQueue {
  readonly #bytesMax: number;
  #queued: QueuedRequest[] = [];
  #head = 0;
  #queuedBytes = 0;
  #outside: QueuedRequest[] = [];
  #outsideHead = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#head === this.#queued.length && this.#outsideHead === this.#outside.length;
  }

  /** Adds a request; until it is taken, `signal` withdraws it. */
  add(records: readonly string[], signal: AbortSignal | undefined): Promise<WrittenRange> {
    return new Promise((resolve, reject) => {
      const bytes = records.reduce((sum, record) => sum + record.length, 0);
      const request: QueuedRequest = { records, bytes, resolve, reject, isCancelled: false };
      if (signal !== undefined) withdrawOnAbort(request, signal);
      if (this.#hasRoomFor(request)) this.#admit(request);
      else this.#outside.push(request);
    });
  }

  /** Takes the next requests, as many as make about `bytesMax`, one at the least. */
  take(bytesMax: number): WriteRequest[] {
    const batch: WriteRequest[] = [];
    let bytes = 0;
    while (this.#head < this.#queued.length) {
      const request = this.#queued[this.#head]!;
      if (batch.length > 0 && bytes + request.bytes > bytesMax) break;
      this.#head++;
      this.#queuedBytes -= request.bytes;
      // Once taken, it cannot be withdrawn any more.
      if (request.isCancelled) continue;
      request.isCancelled = true;
      batch.push(request);
      bytes += request.bytes;
    }
    if (this.#head === this.#queued.length) {
      this.#queued = [];
      this.#head = 0;
    }
    this.#letIn();
    return batch;
  }

  #letIn(): void {
    while (this.#outsideHead < this.#outside.length) {
      const request = this.#outside[this.#outsideHead]!;
      if (!this.#hasRoom(request)) return;
      this.#outsideHead++;
      this.#admit(request);
    }
    this.#outside = [];
    this.#outsideHead = 0;
  }

  #hasRoomFor(request: QueuedRequest): boolean {
    return this.#outsideHead === this.#outside.length && this.#hasRoom(request);
  }

  #hasRoom(request: QueuedRequest): boolean {
    return this.#queuedBytes === 0 || this.#queuedBytes + request.bytes <= this.#bytesMax;
  }

  #admit(request: QueuedRequest): void {
    this.#queued.push(request);
    this.#queuedBytes += request.bytes;
  }
}

function withdrawOnAbort(request: QueuedRequest, signal: AbortSignal): void {
  signal.addEventListener("abort", () => {
    if (request.isCancelled) return;
    request.isCancelled = true;
    request.reject(abortError(signal));
  }, { once: true });
}
