/**
 * The lines of a store's file, classified; glued ones taken apart.
 *
 * @module
 */

import type { AnomalyCode } from "../../../model/anomaly.ts";
import type { ReadableFile } from "../../../storage/file_system.ts";
import { contentDamage } from "../../../storage/compressed/compressed_file.ts";
import { splitGluedLine } from "../../../storage/lines/glued_lines.ts";
import {
  classifyIntact,
  classifyOther,
  type LineVerdict,
} from "../../../storage/lines/line_classifier.ts";
import { readLinesBackward } from "../../../storage/lines/backward_reader.ts";
import type { ByteRange } from "../../../storage/byte_range.ts";
import { type OnBytes, readLines } from "../../../storage/lines/line_scanner.ts";
import type { RawLine } from "../../../storage/lines/raw_line.ts";

/** A file of a store, opened. */
export interface LineSource {
  /** The file. */
  readonly file: ReadableFile;
  /** Where it is. */
  readonly path: string;
  /** Where it begins when the store's files are laid end to end. */
  readonly base: number;
}

/** One line of a store, or one piece of a glued line; valid until the next batch. */
export class StoreLine {
  /** Where it stands. */
  readonly source: LineSource;
  /** What holds its bytes; empty where it is oversized. */
  readonly buffer: Uint8Array;
  /** Where they begin there. */
  readonly start: number;
  /** Where they end there, without a newline. */
  readonly end: number;
  /** Where it begins in the file. */
  readonly offset: number;
  /** The bytes that it takes, with its newline if it has one. */
  readonly length: number;
  /** The number of its line, from 1; 0 where lines were read backwards. */
  readonly number: number;
  /** Whether a newline follows it. */
  readonly isTerminated: boolean;
  /** What it is. */
  readonly verdict: LineVerdict;

  /** Takes over where a raw line, or the part of it from `start` to `end`, stands. */
  constructor(
    source: LineSource,
    raw: RawLine,
    number: number,
    verdict: LineVerdict,
    start = raw.start,
    end = raw.end,
    isTerminated = raw.isTerminated,
  ) {
    this.source = source;
    const isWhole = start === raw.start && end === raw.end;
    this.buffer = raw.buffer;
    this.start = start;
    this.end = end;
    this.offset = raw.offset + (start - raw.start);
    this.length = isWhole ? raw.length : end - start + (isTerminated ? 1 : 0);
    this.number = number;
    this.isTerminated = isTerminated;
    this.verdict = verdict;
  }

  /** The file that it stands in. */
  get path(): string {
    return this.source.path;
  }

  /** Where it begins when the store's files are laid end to end. */
  get position(): number {
    return this.source.base + this.offset;
  }

  /** Its bytes without a newline. Made anew at each call: most lines are never asked for them. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(this.start, this.end);
  }
}

const OVERSIZED = damagedBy("OVERSIZED_LINE");
// What stands for something that could not be decompressed.
const LOST = damagedBy("CORRUPTED_LINE");
const UNREAD = damagedBy("UNEXPECTED_FILE");

const TORN_CODES: ReadonlySet<AnomalyCode | null> = new Set<AnomalyCode>([
  "PARTIAL_WRITE",
  "CORRUPTED_LINE",
  "INVALID_UTF8",
]);
const BRACE_OPEN = 0x7b;
// Many who read backwards want a few lines: what is not asked for is not checked. Batches grow from there.
const NEWEST_LINES = 64;

/** Yields the lines of `range` from front to back. It must begin at the beginning of a line. */
export async function* storeLines(
  source: LineSource,
  range: ByteRange,
  signal?: AbortSignal,
  onBytes?: OnBytes,
): AsyncGenerator<readonly StoreLine[]> {
  let number = 0;
  for await (const lines of readLines(source.file, range, signal, onBytes)) {
    const pieces: StoreLine[] = [];
    for (const line of lines) addPieces(pieces, source, line, ++number);
    yield pieces;
  }
}

/** Yields the lines of `range` from back to front. */
export async function* storeLinesBackward(
  source: LineSource,
  range: ByteRange,
  signal?: AbortSignal,
): AsyncGenerator<readonly StoreLine[]> {
  let count = NEWEST_LINES;
  for await (const lines of readLinesBackward(source.file, range, signal)) {
    for (let from = 0; from < lines.length; from += count, count *= 2) {
      yield piecesBackward(source, lines.slice(from, from + count));
    }
  }
}

function piecesBackward(source: LineSource, lines: readonly RawLine[]): readonly StoreLine[] {
  const batch: StoreLine[] = [];
  for (const line of lines) {
    const pieces: StoreLine[] = [];
    addPieces(pieces, source, line, 0);
    for (const piece of pieces.reverse()) batch.push(piece);
  }
  return batch;
}

/** Adds what a line is made of to `pieces`: itself, or the parts of a glued one. */
export function addPieces(
  pieces: { push(piece: StoreLine): unknown },
  source: LineSource,
  line: RawLine,
  number: number,
): void {
  const intact = classifyIntact(line.buffer, line.start, line.end);
  if (intact !== null) pieces.push(new StoreLine(source, line, number, intact));
  else addUnusualPieces(pieces, source, line, number);
}

function addUnusualPieces(
  pieces: { push(piece: StoreLine): unknown },
  source: LineSource,
  line: RawLine,
  number: number,
): void {
  const lost = contentDamage(source.file, line.offset, line.length);
  if (lost !== null || line.isOversized) {
    const unreadable = lost?.isTooLarge ? UNREAD : LOST;
    pieces.push(new StoreLine(source, line, number, lost === null ? OVERSIZED : unreadable));
    return;
  }
  const { bytes, isTerminated } = line;
  const verdict = classifyOther(bytes, line.offset === 0);
  if (verdict.state !== "damaged") {
    pieces.push(new StoreLine(source, line, number, verdict));
    return;
  }
  for (const { start, end, verdict: part } of splitGluedLine(bytes, verdict)) {
    const isLast = end === bytes.length;
    const judged = isLast && !isTerminated ? asTorn(bytes.subarray(start, end), part) : part;
    const [from, to] = [line.start + start, line.start + end];
    pieces.push(new StoreLine(source, line, number, judged, from, to, isLast && isTerminated));
  }
}

// A fragment at the very end of a file is what a write leaves that was cut short.
function asTorn(bytes: Uint8Array, verdict: LineVerdict): LineVerdict {
  const isTorn = TORN_CODES.has(verdict.code) && bytes[0] === BRACE_OPEN;
  return isTorn ? { ...verdict, code: "TRUNCATED_LINE" } : verdict;
}

function damagedBy(code: AnomalyCode): LineVerdict {
  const nothing = { kind: null, seq: null, value: null, hasNonFinite: false, trace: null };
  return { state: "damaged", code, ...nothing };
}
