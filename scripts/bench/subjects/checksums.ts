/**
 * The limit of reading lines: a checksum of each, and nothing else.
 *
 * @module
 */

import { closeSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { SubjectOptions } from "../subject.ts";
import { secondsOf } from "./_timed.ts";

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** Megabytes a second. */
export async function checksumLines({ path }: SubjectOptions): Promise<number> {
  let bytes = 0;
  const seconds = await secondsOf(() => {
    bytes = readLines(path);
  });
  return bytes / 1e6 / seconds;
}

function readLines(path: string): number {
  const file = openSync(path, "r");
  const buffer = new Uint8Array(2 * CHUNK_BYTES);
  let kept = 0;
  let bytes = 0;
  for (;;) {
    const read = readSync(file, buffer, kept, CHUNK_BYTES, null);
    if (read === 0) break;
    bytes += read;
    const filled = buffer.subarray(0, kept + read);
    let start = 0;
    for (let end = filled.indexOf(NEWLINE); end !== -1; end = filled.indexOf(NEWLINE, start)) {
      crc32(filled.subarray(start, end));
      start = end + 1;
    }
    buffer.copyWithin(0, start, filled.length);
    kept = filled.length - start;
  }
  closeSync(file);
  return bytes;
}
