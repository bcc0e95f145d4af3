/**
 * Parts of files.
 *
 * @module
 */

import type { ReadableFile } from "./file_system.ts";

/** A part of a file, in bytes. */
export interface ByteRange {
  /** First byte. */
  readonly from: number;
  /** Behind the last byte. */
  readonly to: number;
}

const PART_BYTES = 48 * 1024;

/** Yields the bytes of `range` in parts, each valid until the next. */
export async function* readRange(file: ReadableFile, range: ByteRange): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(PART_BYTES);
  for (let position = range.from; position < range.to;) {
    const wanted = Math.min(buffer.length, range.to - position);
    const count = await file.read(buffer.subarray(0, wanted), position);
    if (count === 0) return;
    yield buffer.subarray(0, count);
    position += count;
  }
}
