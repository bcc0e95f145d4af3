/**
 * Lines of ours: numbered, checksummed, and checked by position without parsing.
 *
 * A line ends in exactly `,"crc":"xxxxxxxx"}`, where the digits are the CRC-32 (ISO-HDLC, as in zlib)
 * of every byte before that. Everything here takes and gives lines without their newline.
 *
 * @module
 */

import { crc32 } from "node:zlib";

/** Bytes of `,"crc":"xxxxxxxx"}`. */
export const TRAILER_BYTES = 18;

const TRAILER_START = bytesOf(',"crc":"');
const TRAILER_END = bytesOf('"}');
const SEQ_START = bytesOf(',"seq":');
const KIND_START = bytesOf('{"kind":"');
const TIMESTAMP_START = bytesOf('","timestamp":');
const HEX_DIGITS = bytesOf("0123456789abcdef");
const QUOTE = 0x22;
const COMMA = 0x2c;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const KIND_BYTES_MAX = 64;
const NUMBER_BYTES_MAX = 32;
const EXACT_DIGITS_MAX = 17;
const POINT = 0x2e;

const decoder = new TextDecoder("latin1");

/** Whether a line ends as ours do, whatever its checksum says. */
export function hasTrailer(line: Uint8Array): boolean {
  const start = line.length - TRAILER_BYTES;
  return start > 0 && matches(line, start, TRAILER_START) &&
    matches(line, line.length - TRAILER_END.length, TRAILER_END);
}

/** Whether a line ends as ours do and its checksum holds. */
export function isIntact(line: Uint8Array): boolean {
  if (!hasTrailer(line)) return false;
  const start = line.length - TRAILER_BYTES;
  return crc32(line.subarray(0, start)) === hexAt(line, start + TRAILER_START.length);
}

/** The eight lower-case hex digits at `position` as a number; -1 where they are not that. */
export function hexAt(line: Uint8Array, position: number): number {
  let value = 0;
  for (let index = position; index < position + 8; index++) {
    const byte = line[index]!;
    const digit = byte <= DIGIT_9 ? byte - DIGIT_0 : byte - 0x57;
    const isHex = (byte >= DIGIT_0 && byte <= DIGIT_9) || (byte >= 0x61 && byte <= 0x66);
    if (!isHex) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** The sequence number of a line that ends as ours do; null where it has none. */
export function seqOf(line: Uint8Array): number | null {
  const end = line.length - TRAILER_BYTES;
  let value = 0;
  let scale = 1;
  let index = end - 1;
  for (; index >= 0; index--) {
    const byte = line[index]!;
    if (byte < DIGIT_0 || byte > DIGIT_9) break;
    value += (byte - DIGIT_0) * scale;
    scale *= 10;
  }
  const start = index + 1 - SEQ_START.length;
  if (index === end - 1 || start < 0 || !matches(line, start, SEQ_START)) return null;
  return Number.isSafeInteger(value) ? value : null;
}

/** The kind of a line that begins as ours do; null where it does not. */
export function kindOf(line: Uint8Array): string | null {
  if (!matches(line, 0, KIND_START)) return null;
  const start = KIND_START.length;
  switch (line[start]) {
    // The three that make up nearly every line cost no decoding.
    case 0x65:
      if (isKindAt(line, EVENT)) return "event";
      break;
    case 0x61:
      if (isKindAt(line, AUDIT)) return "audit";
      break;
    case 0x64:
      if (isKindAt(line, DEAD_LETTER)) return "dead_letter";
      break;
  }
  const end = line.subarray(0, start + KIND_BYTES_MAX).indexOf(QUOTE, start);
  return end === -1 ? null : decoder.decode(line.subarray(start, end));
}

/** The timestamp of a line that begins as ours do; null where it has none. */
export function timestampOf(line: Uint8Array, kind: string): number | null {
  const start = KIND_START.length + kind.length;
  if (!matches(line, start, TIMESTAMP_START)) return null;
  return numberAt(line, start + TIMESTAMP_START.length);
}

// The digits of a decimal fraction below 2^53, divided by a power of ten that is exact too, give the
// nearest double (Clinger, "How to read floating point numbers accurately", 1990). Decoding text for
// every line would take longer than its checksum.
function numberAt(line: Uint8Array, from: number): number | null {
  let digits = 0;
  let scale = 1;
  let isFraction = false;
  let index = from;
  for (; index < from + EXACT_DIGITS_MAX; index++) {
    const byte = line[index]!;
    if (byte === POINT && !isFraction) isFraction = true;
    else if (byte < DIGIT_0 || byte > DIGIT_9) break;
    else {
      digits = digits * 10 + (byte - DIGIT_0);
      if (isFraction) scale *= 10;
    }
  }
  const isExact = line[index] === COMMA && index > from && digits <= Number.MAX_SAFE_INTEGER;
  return isExact ? digits / scale : decodedNumberAt(line, from);
}

function decodedNumberAt(line: Uint8Array, from: number): number | null {
  const end = line.subarray(0, from + NUMBER_BYTES_MAX).indexOf(COMMA, from);
  if (end === -1) return null;
  const value = Number(decoder.decode(line.subarray(from, end)));
  return Number.isFinite(value) ? value : null;
}

/** Whether a line of ours, or of the original's JSON store, may begin here. */
export function isLineStart(bytes: Uint8Array, at: number): boolean {
  return matches(bytes, at, KIND_START) || matches(bytes, at, KIND_START_SPACED);
}

/** Finds the next place, from `from` on, where a line may begin; -1 if none. */
export function findLineStart(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(KIND_START[0]!, from); at !== -1;) {
    if (isLineStart(bytes, at)) return at;
    at = bytes.indexOf(KIND_START[0]!, at + 1);
  }
  return -1;
}

/** Finds the last place before `before` where a line may begin; -1 if none. */
export function findLastLineStart(bytes: Uint8Array, before: number): number {
  for (let at = before; at > 0;) {
    at = bytes.lastIndexOf(KIND_START[0]!, at - 1);
    if (at === -1 || isLineStart(bytes, at)) return at;
  }
  return -1;
}

/** Finds the end of the next `,"crc":"xxxxxxxx"}` that begins at or behind `from`; -1 if none. */
export function findTrailerEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(COMMA, from); at !== -1; at = bytes.indexOf(COMMA, at + 1)) {
    const end = at + TRAILER_BYTES;
    if (end > bytes.length) return -1;
    if (
      matches(bytes, at, TRAILER_START) && matches(bytes, end - TRAILER_END.length, TRAILER_END)
    ) return end;
  }
  return -1;
}

/** Adds `,"crc":"xxxxxxxx"}` to the JSON of an object whose closing brace is left out. */
export function sealLine(open: string): string {
  const checksum = crc32(open).toString(16).padStart(8, "0");
  return `${open},"crc":"${checksum}"}`;
}

/** Writes `,"crc":"xxxxxxxx"}` of the bytes from `start` to `end` behind them; returns its end. */
export function writeTrailer(buffer: Uint8Array, start: number, end: number): number {
  const checksum = crc32(buffer.subarray(start, end));
  buffer.set(TRAILER_START, end);
  const digits = end + TRAILER_START.length;
  for (let index = 0; index < 8; index++) {
    buffer[digits + index] = HEX_DIGITS[(checksum >>> (28 - 4 * index)) & 15]!;
  }
  buffer.set(TRAILER_END, digits + 8);
  return end + TRAILER_BYTES;
}

const KIND_START_SPACED = bytesOf('{"kind": "');
const EVENT = bytesOf('event"');
const AUDIT = bytesOf('audit"');
const DEAD_LETTER = bytesOf('dead_letter"');

function isKindAt(line: Uint8Array, kind: Uint8Array): boolean {
  return matches(line, KIND_START.length, kind);
}

function matches(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  if (at < 0 || at + pattern.length > bytes.length) return false;
  for (let index = 0; index < pattern.length; index++) {
    if (bytes[at + index] !== pattern[index]) return false;
  }
  return true;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
