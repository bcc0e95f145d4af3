/**
 * What a failing disk and a power cut do to a file.
 *
 * @module
 */

import { appendFileSync, closeSync, openSync, writeSync } from "node:fs";
import type { StoredLine } from "./store_file.ts";

/** One damaged place. */
export interface Damage {
  readonly what: string;
  /** The record that it destroyed; null where there was none. */
  readonly lost: StoredLine | null;
}

// Where in its line a record is hit: behind the kind and the timestamp.
const HIT_AT = 60;

/** Damages the file in three places. */
export function damageStore(path: string, lines: readonly StoredLine[]): Damage[] {
  const flipped = lines[Math.floor(lines.length / 3)]!;
  const blanked = lines[Math.floor(lines.length * 2 / 3)]!;
  overwrite(path, flipped.offset + HIT_AT, [1]);
  overwrite(path, blanked.offset + HIT_AT, [0, 0, 0, 0]);
  appendFileSync(path, '{"kind":"event","timestamp":17000');
  return [
    { what: `a byte of seq ${flipped.seq} changed`, lost: flipped },
    { what: `four bytes of seq ${blanked.seq} blanked`, lost: blanked },
    { what: "a torn line at the end", lost: null },
  ];
}

function overwrite(path: string, offset: number, bytes: number[]): void {
  const file = openSync(path, "r+");
  writeSync(file, new Uint8Array(bytes), 0, bytes.length, offset);
  closeSync(file);
}
