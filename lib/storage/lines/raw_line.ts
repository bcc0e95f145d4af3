/**
 * One line as it stands in a file, whatever it is.
 *
 * @module
 */

import { LINE_BYTES_MAX } from "../format.ts";

/** A chunk may hold as many lines as bytes, and each takes memory, far more than its bytes, until the next batch. */
export const BATCH_LINES_MAX = 256;

const NO_BYTES = new Uint8Array(0);

/** One line as it stands in a file; valid until the next batch. */
export class RawLine {
  /** What holds its bytes; empty where the line is oversized. */
  readonly buffer: Uint8Array;
  /** Where they begin there. */
  readonly start: number;
  /** Where they end there, without the newline. */
  readonly end: number;
  /** Where the line begins in the file. */
  readonly offset: number;
  /** The bytes that it takes, with its newline. */
  readonly length: number;
  /** Whether a newline ends it; only the last line of a range may lack one. */
  readonly isTerminated: boolean;
  /** Whether it is longer than a line may be. */
  readonly isOversized: boolean;

  /** `buffer` is null where there were too many bytes to hold. */
  constructor(
    buffer: Uint8Array | null,
    start: number,
    end: number,
    offset: number,
    length: number,
    isTerminated: boolean,
  ) {
    this.isOversized = buffer === null || end - start > LINE_BYTES_MAX;
    this.buffer = this.isOversized ? NO_BYTES : buffer!;
    this.start = this.isOversized ? 0 : start;
    this.end = this.isOversized ? 0 : end;
    this.offset = offset;
    this.length = length;
    this.isTerminated = isTerminated;
  }

  /** Its bytes without the newline. Made anew at each call: most lines are never asked for them. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(this.start, this.end);
  }
}
