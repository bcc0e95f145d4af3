/**
 * Takes a damaged line apart where a lost newline or a torn write glued good lines to it.
 *
 * @module
 */

import { crc32 } from "../late_modules.ts";
import { classifyLine, type LineVerdict } from "./line_classifier.ts";
import {
  findLastLineStart,
  findLineStart,
  findTrailerEnd,
  hexAt,
  isIntact,
  isLineStart,
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
const SPACE = 0x20;
const COMMA = 0x2c;
const VALUE_FOLLOWS = new Set([0x3a, COMMA, 0x5b]);

/**
 * The pieces of a damaged line in order. Good ones are intact lines of ours, and lines of the original
 * where no string and no object around them can hold them.
 */
export function splitGluedLine(line: Uint8Array, verdict: LineVerdict): readonly LinePiece[] {
  const pieces: LinePiece[] = [];
  let from = 0;
  for (const piece of new GluedLine(line).goodPieces()) {
    if (piece.start > from) pieces.push(gapPiece(line, from, piece.start));
    pieces.push(piece);
    from = piece.end;
  }
  if (from === 0) return [{ start: 0, end: line.length, verdict }];
  if (from < line.length) pieces.push(gapPiece(line, from, line.length));
  return pieces;
}

// What stands between good lines is damage, also where it is nothing but white space; unless all of it
// is a line that another tool wrote.
function gapPiece(line: Uint8Array, start: number, end: number): LinePiece {
  const verdict = classifyLine(line.subarray(start, end));
  if (verdict.state !== "blank") return { start, end, verdict };
  return { start, end, verdict: { ...verdict, state: "damaged", code: "PARTIAL_WRITE" } };
}

class GluedLine {
  readonly #line: Uint8Array;
  readonly #mayBeForeign: boolean;
  // The first end of a line of ours that begins at or behind a place.
  #trailerFrom = 0;
  #trailerEnd: number;
  #bytesLeft = CHECKED_BYTES_MAX;
  #attemptsLeft = FOREIGN_ATTEMPTS_MAX;

  constructor(line: Uint8Array) {
    this.#line = line;
    this.#mayBeForeign = line.length <= FOREIGN_BYTES_MAX;
    this.#trailerEnd = findTrailerEnd(line, 0);
  }

  *goodPieces(): Generator<LinePiece> {
    let from = 0;
    while (from < this.#line.length) {
      const piece = this.#pieceAt(from) ?? this.#pieceAt(from + 1, from > 0) ??
        this.#pieceBehind(from);
      if (piece === null) return;
      yield piece;
      from = piece.end;
    }
  }

  /** The good line that begins at `start`: where the line does, or where a good one ended. */
  #pieceAt(start: number, isAllowed = true): LinePiece | null {
    if (!isAllowed || this.#line[start] !== BRACE_OPEN) return null;
    const end = this.#endOfForeign(start) ?? this.#endOfIntact(start);
    return end === null ? null : this.#piece(start, end);
  }

  /** The next good line behind something torn. */
  #pieceBehind(from: number): LinePiece | null {
    const own = this.#intactBehind(from);
    return this.#foreignBetween(from, own?.start ?? this.#line.length) ?? own;
  }

  #endOfIntact(start: number): number | null {
    if (!isLineStart(this.#line, start)) return null;
    let checksum = 0;
    let checked = start;
    for (let end = this.#trailerBehind(start); end !== -1; end = this.#trailerBehind(end)) {
      const trailer = end - TRAILER_BYTES;
      if (!this.#spend(trailer - checked)) return null;
      checksum = crc32(this.#line.subarray(checked, trailer), checksum);
      checked = trailer;
      if (checksum === hexAt(this.#line, trailer + CRC_DIGITS_OFFSET)) return end;
      // No line of ours goes on where another one begins.
      if (this.#mayEndAt(end)) return null;
    }
    return null;
  }

  // The torn text itself may hold it, as one of several values. Where one stands at the very end, nothing
  // of the text around it is left, so that it is more likely to be glued there.
  #intactBehind(from: number): LinePiece | null {
    for (let end = this.#trailerBehind(from); end !== -1; end = this.#trailerBehind(end)) {
      if (!this.#mayEndAt(end)) continue;
      // From the end, since what is torn may hold any number of beginnings.
      for (
        let start = findLastLineStart(this.#line, end);
        start > from;
        start = findLastLineStart(this.#line, start)
      ) {
        if (!this.#spend(end - start)) return null;
        if (!isIntact(this.#line.subarray(start, end))) continue;
        if (end === this.#line.length) return this.#piece(start, end);
        // Following the torn text takes time too.
        if (!this.#spend(start - from)) return null;
        if (!new TornText(this.#line, from).canHoldValueAt(start)) return this.#piece(start, end);
      }
    }
    return null;
  }

  // Only a line may follow: a flipped bit in a string can make the rest of a record look like its end.
  #endOfForeign(start: number): number | null {
    if (!this.#mayBeForeign) return null;
    const end = endOfObject(this.#line, start);
    if (end === null || !this.#mayEndAt(end)) return null;
    return classifyLine(this.#line.subarray(start, end)).state === "foreign" ? end : null;
  }

  // An object within a torn record's payload looks like a line too. It is not taken for one: a line may
  // begin only where the torn text cannot go on with a value, such as in the middle of a string.
  #foreignBetween(from: number, to: number): LinePiece | null {
    if (!this.#mayBeForeign) return null;
    const torn = new TornText(this.#line, from);
    for (
      let start = findLineStart(this.#line, from + 1);
      start !== -1 && start < to && this.#attemptsLeft > 0;
      start = findLineStart(this.#line, start + 1)
    ) {
      if (torn.canHoldValueAt(start)) continue;
      this.#attemptsLeft--;
      const end = this.#endOfForeign(start);
      if (end !== null) return this.#piece(start, end);
    }
    return null;
  }

  #piece(start: number, end: number): LinePiece {
    return { start, end, verdict: classifyLine(this.#line.subarray(start, end)) };
  }

  /** Whether a line may end here: the whole does, or another begins, at most a lost newline later. */
  #mayEndAt(end: number): boolean {
    const line = this.#line;
    return end === line.length || isLineStart(line, end) ||
      (line[end] !== COMMA && isLineStart(line, end + 1));
  }

  // Looking for the same end again and again would take too long.
  #trailerBehind(from: number): number {
    const isBefore = this.#trailerEnd !== -1 && this.#trailerEnd - TRAILER_BYTES < from;
    if (isBefore || from < this.#trailerFrom) {
      this.#trailerEnd = findTrailerEnd(this.#line, from);
      this.#trailerFrom = from;
    }
    return this.#trailerEnd;
  }

  #spend(bytes: number): boolean {
    this.#bytesLeft -= bytes;
    return this.#bytesLeft >= 0;
  }
}

/** The text of a torn record, followed from its beginning. */
class TornText {
  readonly #line: Uint8Array;
  #index: number;
  #isInString = false;
  #lastByte = 0;

  constructor(line: Uint8Array, from: number) {
    this.#line = line;
    this.#index = from;
  }

  /** Whether a value may begin at `at`, which is not before the place last asked about. */
  canHoldValueAt(at: number): boolean {
    for (; this.#index < at; this.#index++) {
      const byte = this.#line[this.#index]!;
      if (this.#isInString && byte === BACKSLASH) this.#index++;
      else if (byte === QUOTE) this.#isInString = !this.#isInString;
      if (byte !== SPACE) this.#lastByte = byte;
    }
    return !this.#isInString && VALUE_FOLLOWS.has(this.#lastByte);
  }
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
