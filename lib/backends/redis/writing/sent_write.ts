/**
 * Records on their way to a server.
 *
 * @module
 */

import type { Acknowledgement } from "../../../backend/backend.ts";
import type { WriteRequest } from "../../../storage/appending/write_queue.ts";

/** A record as a stream keeps it. */
export interface StreamLine {
  /** The key of the stream. */
  readonly key: string;
  /** The record's line, without a newline. */
  readonly line: string;
}

/** One caller's records. */
export type StreamRequest = WriteRequest<StreamLine, Acknowledgement>;

/** One caller's records, sent and not answered for yet. */
export interface SentWrite {
  readonly request: StreamRequest;
  /** Its first record's number; the others follow. */
  readonly firstCount: number;
  /** Whether a server said that it surely did not take it. */
  wasRefused: boolean;
}

/** The name that a writer signs its records with, and their numbers. */
export class Signature {
  readonly #name = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  #count = 0;

  /** Numbers for so many records; the first of them. */
  next(count: number): number {
    const first = this.#count + 1;
    this.#count += count;
    return first;
  }

  /** The name. */
  get name(): string {
    return this.#name;
  }

  /** What field `w` of a record holds. */
  of(count: number): string {
    return `${this.#name}:${count}`;
  }

  /** The number of a record of this writer; null for one of another. */
  countOf(signed: string): number | null {
    if (!signed.startsWith(`${this.#name}:`)) return null;
    return Number(signed.slice(this.#name.length + 1));
  }
}
