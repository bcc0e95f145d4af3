/**
 * Lines of ours: numbered, checksummed, and checked by position without parsing.
 *
 * A line ends in exactly `,"crc":"xxxxxxxx"}`, where the digits are the CRC-32 (ISO-HDLC, as in zlib)
 * of every byte before that. Everything here takes and gives lines without their newline.
 *
 * @module
 */

import { crc32 } from "../late_modules.ts";

/** Bytes of `,"crc":"xxxxxxxx"}`. */
export const TRAILER_BYTES = 18;

const TRAILER_START = bytesOf(',"crc":"');
const TRAILER_END = bytesOf('"}');
/** What stands before a sequence number. */
export const SEQ_START: Uint8Array = bytesOf(',"seq":');
const KIND_START = bytesOf('{"kind":"');
const TIMESTAMP_START = bytesOf('","timestamp":');
const HEX_DIGITS = bytesOf("0123456789abcdef");
// By byte; 255 where the byte is no lower-case hex digit.
const HEX_VALUES = new Uint8Array(256).fill(255);
HEX_DIGITS.forEach((byte, value) => HEX_VALUES[byte] = value);
const QUOTE = 0x22;
const COMMA = 0x2c;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const KIND_BYTES_MAX = 64;
const NUMBER_BYTES_MAX = 32;
const EXACT_DIGITS_MAX = 17;
const POINT = 0x2e;
const HIGH_DIGITS = 9;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS_MAX + 1 }, (_, power) => 10 ** power);

const decoder = new TextDecoder("latin1");

/** Whether a line ends as ours do, whatever its checksum says. */
export function hasTrailer(buffer: Uint8Array, start = 0, end = buffer.length): boolean {
  const trailer = end - TRAILER_BYTES;
  return trailer > start && matches(buffer, trailer, TRAILER_START) &&
    matches(buffer, end - TRAILER_END.length, TRAILER_END);
}

/** Whether a line ends as ours do and its checksum holds. */
export function isIntact(buffer: Uint8Array, start = 0, end = buffer.length): boolean {
  if (!hasTrailer(buffer, start, end)) return false;
  const trailer = end - TRAILER_BYTES;
  const checksum = hexAt(buffer, trailer + TRAILER_START.length);
  return crc32(buffer.subarray(start, trailer)) === checksum;
}

/** The eight lower-case hex digits at `position` as a number; -1 where they are not that. */
export function hexAt(line: Uint8Array, position: number): number {
  if (position + 8 > line.length) return -1;
  let value = 0;
  let invalid = 0;
  for (let index = position; index < position + 8; index++) {
    const digit = HEX_VALUES[line[index]!]!;
    invalid |= digit;
    value = value << 4 | digit;
  }
  return invalid > 0xf ? -1 : value >>> 0;
}

/** The sequence number of a line that ends as ours do; null where it has none. */
export function seqOf(buffer: Uint8Array, start = 0, end = buffer.length): number | null {
  const last = end - TRAILER_BYTES - 1;
  let value = 0;
  let scale = 1;
  let index = last;
  for (; index >= start; index--) {
    const byte = buffer[index]!;
    if (byte < DIGIT_0 || byte > DIGIT_9) break;
    value += (byte - DIGIT_0) * scale;
    scale *= 10;
  }
  const name = index + 1 - SEQ_START.length;
  if (index === last || name < start || !matches(buffer, name, SEQ_START)) return null;
  return Number.isSafeInteger(value) ? value : null;
}

/** The kind of a line that begins as ours do; null where it does not. */
export function kindOf(buffer: Uint8Array, start = 0, end = buffer.length): string | null {
  if (!matches(buffer, start, KIND_START)) return null;
  const name = start + KIND_START.length;
  // The three that make up nearly every line cost no decoding.
  if (matches(buffer, name, EVENT)) return "event";
  if (matches(buffer, name, AUDIT)) return "audit";
  if (matches(buffer, name, DEAD_LETTER)) return "dead_letter";
  const quote = buffer.subarray(0, Math.min(end, name + KIND_BYTES_MAX)).indexOf(QUOTE, name);
  return quote === -1 ? null : decoder.decode(buffer.subarray(name, quote));
}

/** The timestamp of a line that begins as ours do; null where it has none. */
export function timestampOf(buffer: Uint8Array, kind: string, start = 0): number | null {
  const name = start + KIND_START.length + kind.length;
  if (!matches(buffer, name, TIMESTAMP_START)) return null;
  return numberAt(buffer, name + TIMESTAMP_START.length);
}

// The digits of a decimal fraction below 2^53, divided by a power of ten that is exact too, give the
// nearest double (Clinger, "How to read floating point numbers accurately", 1990). Decoding text for
// every line would take longer than its checksum.
function numberAt(line: Uint8Array, from: number): number | null {
  // Whole numbers of nine digits are counted in registers, larger ones are not.
  let high = 0;
  let low = 0;
  let digits = 0;
  let digitsBeforePoint = -1;
  let index = from;
  for (; index < from + EXACT_DIGITS_MAX; index++) {
    const digit = line[index]! - DIGIT_0;
    if (digit >= 0 && digit <= 9) {
      if (digits < HIGH_DIGITS) high = high * 10 + digit;
      else low = low * 10 + digit;
      digits++;
    } else if (line[index] === POINT && digitsBeforePoint < 0) digitsBeforePoint = digits;
    else break;
  }
  const value = digits <= HIGH_DIGITS ? high : high * POWERS_OF_TEN[digits - HIGH_DIGITS]! + low;
  const isExact = line[index] === COMMA && digits > 0 && value <= Number.MAX_SAFE_INTEGER;
  if (!isExact) return decodedNumberAt(line, from);
  return digitsBeforePoint < 0 ? value : value / POWERS_OF_TEN[digits - digitsBeforePoint]!;
}

function decodedNumberAt(line: Uint8Array, from: number): number | null {
  const end = line.subarray(0, from + NUMBER_BYTES_MAX).indexOf(COMMA, from);
  if (end === -1) return null;
  const value = Number(decoder.decode(line.subarray(from, end)));
  return Number.isFinite(value) ? value : null;
}

/** Whether a line of ours, or of one of the original's stores, may begin here. */
export function isLineStart(bytes: Uint8Array, at: number): boolean {
  return matches(bytes, at, KIND_START) || matches(bytes, at, KIND_START_SPACED) ||
    matches(bytes, at, SYSTEM_START_SPACED);
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
  const digits = writeBytes(buffer, end, TRAILER_START);
  for (let index = 0; index < 8; index++) {
    buffer[digits + index] = HEX_DIGITS[(checksum >>> (28 - 4 * index)) & 15]!;
  }
  return writeBytes(buffer, digits + 8, TRAILER_END);
}

/** Writes a few bytes, for which a call into the runtime would take longer; returns their end. */
export function writeBytes(buffer: Uint8Array, at: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index++) buffer[at + index] = bytes[index]!;
  return at + bytes.length;
}

// The original's JSON store puts the kind first, its rotating store last.
const KIND_START_SPACED = bytesOf('{"kind": "');
const SYSTEM_START_SPACED = bytesOf('{"system_id": "');
const EVENT = bytesOf('event"');
const AUDIT = bytesOf('audit"');
const DEAD_LETTER = bytesOf('dead_letter"');

/** Whether `pattern` stands in `bytes` at `at`. */
export function matches(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  if (at < 0 || at + pattern.length > bytes.length) return false;
  for (let index = 0; index < pattern.length; index++) {
    if (bytes[at + index] !== pattern[index]) return false;
  }
  return true;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
