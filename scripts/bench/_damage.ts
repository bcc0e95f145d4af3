/**
 * Damage as a failing disk does it.
 *
 * @module
 */

import { closeSync, openSync, readSync, writeSync } from "node:fs";

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
// Within the kind, where every line has some.
const BYTE_IN_LINE = 10;

/** Flips a bit in each line whose number, counted from 1, is a multiple of `every`. */
export function damageLines(path: string, every: number): void {
  const file = openSync(path, "r+");
  try {
    for (const start of startsOfLines(file, every)) flipBit(file, start + BYTE_IN_LINE);
  } finally {
    closeSync(file);
  }
}

function flipBit(file: number, position: number): void {
  const byte = new Uint8Array(1);
  // Behind the last line nothing is there.
  if (readSync(file, byte, 0, 1, position) === 0) return;
  writeSync(file, byte.map((value) => value ^ 1), 0, 1, position);
}

function* startsOfLines(file: number, every: number): Generator<number> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  let line = 1;
  for (let offset = 0;;) {
    const read = readSync(file, buffer, 0, CHUNK_BYTES, offset);
    if (read === 0) return;
    const chunk = buffer.subarray(0, read);
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) {
      line += 1;
      if (line % every === 0) yield offset + at + 1;
    }
    offset += read;
  }
}
