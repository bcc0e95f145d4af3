/**
 * Takes a damaged line apart where a lost newline or a torn write glued a good line to it.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { classifyLine, type LineVerdict } from "./line_classifier.ts";
import {
  findLineStart,
  findTrailerEnd,
  hasTrailer,
  hexAt,
  isIntact,
  TRAILER_BYTES,
} from "./line_codec.ts";

/** A part of a line. */
export interface LinePiece {
  /** Where it begins within the line. */
  readonly start: number;
  /** Where it ends within the line. */
  readonly end: number;
  /** What it is. */
  readonly verdict: LineVerdict;
}

// Looking for good lines in a damaged one must not take more than this, whatever it holds.
const CHECKED_BYTES_MAX = 256 * 1024 * 1024;
const FOREIGN_BYTES_MAX = 1024 * 1024;
const FOREIGN_ATTEMPTS_MAX = 64;
const CRC_DIGITS_OFFSET = 8;

const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const VALUE_FOLLOWS = new Set([0x3a, 0x2c, 0x5b]);

/**
 * The pieces of a damaged line in order. Good ones are intact lines of ours at its beginning, one
 * behind another, or at its end, and whole lines of the original where a string cannot hold them.
 */
export function splitGluedLine(line: Uint8Array, verdict: LineVerdict): readonly LinePiece[] {
  const whole = [{ start: 0, end: line.length, verdict }];
  if (line.length > FOREIGN_BYTES_MAX && findTrailerEnd(line, 0) === -1) return whole;
  const pieces = leadingPieces(line);
  const from = pieces.at(-1)?.end ?? 0;
  const last = trailingPiece(line, from);
  if (pieces.length === 0 && last === null) return whole;
  const end = last?.start ?? line.length;
  if (end > from) {
    const rest = classifyLine(line.subarray(from, end));
    pieces.push({ start: from, end, verdict: rest.state === "damaged" ? rest : verdict });
  }
  if (last !== null) pieces.push(last);
  return pieces;
}

/** Good lines that stand at the beginning, with at most one byte where each newline was. */
function leadingPieces(line: Uint8Array): LinePiece[] {
  const pieces: LinePiece[] = [];
  let start = 0;
  while (start < line.length) {
    const end = endOfIntact(line, start) ?? endOfForeign(line, start);
    if (end === null || end === line.length) break;
    pieces.push({ start, end, verdict: classifyLine(line.subarray(start, end)) });
    start = end;
    if (line[start] !== BRACE_OPEN && line[start + 1] === BRACE_OPEN) {
      pieces.push({ start, end: start + 1, verdict: classifyJunk(line, start) });
      start++;
    }
  }
  return pieces;
}

function classifyJunk(line: Uint8Array, at: number): LineVerdict {
  const verdict = classifyLine(line.subarray(at, at + 1));
  return verdict.state === "damaged"
    ? verdict
    : { ...verdict, state: "damaged", code: "PARTIAL_WRITE" };
}

function endOfIntact(line: Uint8Array, start: number): number | null {
  if (findLineStart(line.subarray(0, start + 16), start) !== start) return null;
  let checksum = 0;
  let checked = start;
  for (let end = findTrailerEnd(line, start); end !== -1; end = findTrailerEnd(line, end)) {
    const trailer = end - TRAILER_BYTES;
    checksum = crc32(line.subarray(checked, trailer), checksum);
    checked = trailer;
    if (checksum === hexAt(line, trailer + CRC_DIGITS_OFFSET)) return end;
  }
  return null;
}

// Only a line may follow: a flipped bit in a string can make the rest of a record look like its end.
function endOfForeign(line: Uint8Array, start: number): number | null {
  if (line[start] !== BRACE_OPEN) return null;
  const end = endOfObject(line, start);
  if (end === null || !isLineStartNear(line, end)) return null;
  return classifyLine(line.subarray(start, end)).state === "foreign" ? end : null;
}

function isLineStartNear(line: Uint8Array, at: number): boolean {
  const next = findLineStart(line, at);
  return next === at || next === at + 1;
}

/** The good line that ends where the whole does, behind something torn. */
function trailingPiece(line: Uint8Array, from: number): LinePiece | null {
  return hasTrailer(line) ? trailingIntact(line, from) : trailingForeign(line, from);
}

function trailingIntact(line: Uint8Array, from: number): LinePiece | null {
  let budget = CHECKED_BYTES_MAX;
  for (
    let start = findLineStart(line, from + 1);
    start !== -1 && budget > 0;
    start = findLineStart(line, start + 1)
  ) {
    const candidate = line.subarray(start);
    if (isIntact(candidate)) return { start, end: line.length, verdict: classifyLine(candidate) };
    budget -= candidate.length;
  }
  return null;
}

// An object within a torn record's payload looks like a line too. It is not taken for one: a line may
// begin only where the torn text cannot go on with a value, such as in the middle of a string.
function trailingForeign(line: Uint8Array, from: number): LinePiece | null {
  if (line.length > FOREIGN_BYTES_MAX) return null;
  let attempts = FOREIGN_ATTEMPTS_MAX;
  for (
    let start = findLineStart(line, from + 1);
    start !== -1 && attempts > 0;
    start = findLineStart(line, start + 1)
  ) {
    if (canHoldValueAt(line, from, start)) continue;
    const verdict = classifyLine(line.subarray(start));
    if (verdict.state === "foreign") return { start, end: line.length, verdict };
    attempts--;
  }
  return null;
}

function endOfObject(line: Uint8Array, start: number): number | null {
  let depth = 0;
  let isInString = false;
  for (let index = start; index < line.length; index++) {
    const byte = line[index];
    if (isInString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === BRACE_OPEN) depth++;
    else if (byte === BRACE_CLOSE && --depth === 0) return index + 1;
  }
  return null;
}

function canHoldValueAt(line: Uint8Array, from: number, at: number): boolean {
  let isInString = false;
  let lastByte = 0;
  for (let index = from; index < at; index++) {
    const byte = line[index]!;
    if (isInString && byte === BACKSLASH) index++;
    else if (byte === QUOTE) isInString = !isInString;
    if (byte !== 0x20) lastByte = byte;
  }
  return !isInString && VALUE_FOLLOWS.has(lastByte);
}
