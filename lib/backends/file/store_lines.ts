/**
 * The lines of a store's file, classified; glued ones taken apart.
 *
 * @module
 */

import type { AnomalyCode } from "../../model/anomaly.ts";
import type { OpenFile } from "../../storage/file_system.ts";
import { splitGluedLine } from "../../storage/glued_lines.ts";
import { classifyLine, type LineVerdict } from "../../storage/line_classifier.ts";
import { readLinesBackward } from "../../storage/backward_reader.ts";
import type { ByteRange } from "../../storage/byte_range.ts";
import { type RawLine, readLines } from "../../storage/line_scanner.ts";

/** One line of a store, or one piece of a glued line. */
export interface StoreLine {
  /** Its bytes without a newline, valid until the next batch; empty where it is oversized. */
  readonly bytes: Uint8Array;
  /** Where it begins. */
  readonly offset: number;
  /** The bytes that it takes, with its newline if it has one. */
  readonly length: number;
  /** The number of its line, from 1; 0 where lines were read backwards. */
  readonly number: number;
  /** Whether a newline follows it. */
  readonly isTerminated: boolean;
  /** What it is. */
  readonly verdict: LineVerdict;
}

const OVERSIZED: LineVerdict = {
  state: "damaged",
  code: "OVERSIZED_LINE",
  kind: null,
  seq: null,
  value: null,
  hasNonFinite: false,
  trace: null,
};

const TORN_CODES: ReadonlySet<AnomalyCode | null> = new Set<AnomalyCode>([
  "PARTIAL_WRITE",
  "CORRUPTED_LINE",
  "INVALID_UTF8",
]);
const BRACE_OPEN = 0x7b;

/** Yields the lines of `range` from front to back. It must begin at the beginning of a line. */
export async function* storeLines(
  file: OpenFile,
  range: ByteRange,
  signal?: AbortSignal,
  onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<readonly StoreLine[]> {
  let number = 0;
  for await (const lines of readLines(file, range, signal, onBytes)) {
    const pieces: StoreLine[] = [];
    for (const line of lines) addPieces(pieces, line, ++number);
    yield pieces;
  }
}

/** Yields the lines of `range` from back to front. */
export async function* storeLinesBackward(
  file: OpenFile,
  range: ByteRange,
  signal?: AbortSignal,
): AsyncGenerator<readonly StoreLine[]> {
  for await (const lines of readLinesBackward(file, range, signal)) {
    const batch: StoreLine[] = [];
    for (const line of lines) {
      const pieces: StoreLine[] = [];
      addPieces(pieces, line, 0);
      for (const piece of pieces.reverse()) batch.push(piece);
    }
    yield batch;
  }
}

function addPieces(pieces: StoreLine[], line: RawLine, number: number): void {
  const { bytes, offset, length, isTerminated } = line;
  const verdict = line.isOversized ? OVERSIZED : classifyLine(bytes, offset === 0);
  if (verdict.state !== "damaged" || line.isOversized) {
    pieces.push({ bytes, offset, length, number, isTerminated, verdict });
    return;
  }
  for (const { start, end, verdict: part } of splitGluedLine(bytes, verdict)) {
    const isLast = end === bytes.length;
    const piece = bytes.subarray(start, end);
    pieces.push({
      bytes: piece,
      offset: offset + start,
      length: end - start + (isLast && isTerminated ? 1 : 0),
      number,
      isTerminated: isLast && isTerminated,
      verdict: isLast && !isTerminated ? asTorn(piece, part) : part,
    });
  }
}

// A fragment at the very end of a file is what a write leaves that was cut short.
function asTorn(bytes: Uint8Array, verdict: LineVerdict): LineVerdict {
  const isTorn = TORN_CODES.has(verdict.code) && bytes[0] === BRACE_OPEN;
  return isTorn ? { ...verdict, code: "TRUNCATED_LINE" } : verdict;
}
