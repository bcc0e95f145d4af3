/**
 * The line that compaction and repair put behind what they kept of a file: it tells a removal from a
 * loss. See docs/format.md.
 *
 * @module
 */

import { crc32 } from "../late_modules.ts";
import type { JsonObject } from "../../model/record.ts";
import { CHECKPOINT_KIND, FORMAT_VERSION } from "../format.ts";
import { writeDecimal } from "./decimal.ts";
import { sealLine } from "./line_codec.ts";

/** What a checkpoint says of the lines before it in its file. */
export interface Checkpoint {
  /** The version of the format that the file is in. */
  readonly version: number;
  /** The first sequence number that was given to the file, surviving or not. */
  readonly from: number;
  /** The last sequence number that was given to the file; `from` - 1 where none was. */
  readonly to: number;
  /** How many numbered records survive. */
  readonly count: number;
  /** CRC-32 of their numbers in file order, in decimal with a newline each. */
  readonly seqsCrc: number;
  /** How many lines without a number survive. */
  readonly foreign: number;
}

/** Its members in the order in which they are written; `crc` follows. */
export const CHECKPOINT_FIELDS = [
  "kind",
  "timestamp",
  "version",
  "from",
  "to",
  "count",
  "seqs_crc",
  "foreign",
] as const;

/** The line of a checkpoint, without its newline. */
export function encodeCheckpoint(checkpoint: Checkpoint, timestamp: number): string {
  const open = JSON.stringify({
    kind: CHECKPOINT_KIND,
    timestamp,
    version: checkpoint.version,
    from: readable(checkpoint.from),
    to: readable(checkpoint.to),
    count: readable(checkpoint.count),
    seqs_crc: checkpoint.seqsCrc.toString(16).padStart(8, "0"),
    foreign: checkpoint.foreign,
  });
  return sealLine(open.slice(0, -1));
}

// What somebody made up may add up to more than can be read again.
function readable(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

/** Reads a checkpoint; null where the object is none that this version understands. */
export function decodeCheckpoint(line: JsonObject): Checkpoint | null {
  const { version, from, to, count, seqs_crc: crc, foreign } = line;
  const numbers = [version, from, to, count, foreign];
  if (!numbers.every((value) => Number.isSafeInteger(value) && (value as number) >= 0)) return null;
  if (typeof crc !== "string" || !/^[0-9a-f]{8}$/.test(crc)) return null;
  return {
    version: version as number,
    from: from as number,
    to: to as number,
    count: count as number,
    seqsCrc: parseInt(crc, 16),
    foreign: foreign as number,
  };
}

/** Whether a checkpoint was written by a version whose files this one must not change. */
export function isNewerFormat(checkpoint: Checkpoint): boolean {
  return checkpoint.version > FORMAT_VERSION;
}

const DIGEST_BUFFER_BYTES = 64 * 1024;
const DIGITS_MAX = 17;
const NEWLINE = 0x0a;

/** Counts and digests sequence numbers in the order in which they stand. */
export class SeqDigest {
  #count = 0;
  #crc = 0;
  readonly #pending = new Uint8Array(DIGEST_BUFFER_BYTES);
  #pendingLength = 0;

  /** How many were added. */
  get count(): number {
    return this.#count;
  }

  /** CRC-32 of what was added. */
  get crc(): number {
    this.#settle();
    return this.#crc;
  }

  /** Adds the next number. */
  add(seq: number): void {
    this.#count++;
    if (this.#pendingLength + DIGITS_MAX > DIGEST_BUFFER_BYTES) this.#settle();
    const end = writeDecimal(this.#pending, this.#pendingLength, seq);
    this.#pending[end] = NEWLINE;
    this.#pendingLength = end + 1;
  }

  /** Adds the next numbers, as they stand in lines, with a newline behind each. */
  addAll(count: number, numbers: Uint8Array): void {
    this.#settle();
    this.#count += count;
    this.#crc = crc32(numbers, this.#crc);
  }

  /** Starts again. */
  clear(): void {
    this.#count = 0;
    this.#crc = 0;
    this.#pendingLength = 0;
  }

  #settle(): void {
    this.#crc = crc32(this.#pending.subarray(0, this.#pendingLength), this.#crc);
    this.#pendingLength = 0;
  }
}
