/**
 * Puts the lines of one batch into one buffer, so that they cost one write.
 *
 * @module
 */

import { exceedsJsonLimits, JSON_BYTES_SAFE } from "../../model/json_limits.ts";
import { LINE_BYTES_MAX, NEWLINE, NUMBERING_BYTES_MAX } from "../format.ts";
import { writeDecimal } from "./decimal.ts";
import { SEQ_START, writeBytes, writeTrailer } from "./line_codec.ts";

const INITIAL_BYTES = 64 * 1024;
const KEPT_BYTES_MAX = 8 * 1024 * 1024;

const encoder = new TextEncoder();

/** A buffer of lines that grows as needed and is used again. */
export class LineBatchEncoder {
  #buffer = new Uint8Array(INITIAL_BYTES);
  #length = 0;

  /** Starts a batch, with a newline first where one is asked for. */
  start(withNewline: boolean): void {
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#buffer = new Uint8Array(INITIAL_BYTES);
    this.#length = 0;
    if (withNewline) this.#buffer[this.#length++] = NEWLINE;
  }

  /** Adds the line of one record. `json` is an object's. */
  add(json: string, seq: number): void {
    const start = this.#length;
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    this.#reserve(json.length * 3 + NUMBERING_BYTES_MAX + 1);
    const { written } = encoder.encodeInto(json, this.#buffer.subarray(start));
    // In place of the closing brace. A text made of all of it would be copied once more.
    const number = writeBytes(this.#buffer, start + written - 1, SEQ_START);
    const end = writeTrailer(this.#buffer, start, writeDecimal(this.#buffer, number, seq));
    this.#buffer[end] = NEWLINE;
    this.#length = end + 1;
  }

  /** The batch's bytes; valid until the next start. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

/** Whether a record's JSON fits a line once it is numbered. */
export function fitsLine(json: string): boolean {
  // So short that there is no need to count.
  if (json.length <= JSON_BYTES_SAFE) return true;
  const limit = LINE_BYTES_MAX - NUMBERING_BYTES_MAX;
  if (json.length > limit) return false;
  const bytes = encoder.encode(json);
  return bytes.length <= limit && !exceedsJsonLimits(bytes);
}
