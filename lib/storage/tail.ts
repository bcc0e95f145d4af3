/**
 * What the end of a file says about where to go on writing.
 *
 * @module
 */

import { readLinesBackward } from "./lines/backward_reader.ts";
import { decodeCheckpoint, isNewerFormat } from "./lines/checkpoint.ts";
import type { ReadableFile } from "./file_system.ts";
import { CHECKPOINT_KIND, NEWLINE } from "./format.ts";
import { splitGluedLine } from "./lines/glued_lines.ts";
import { classifyLine, type LineVerdict, valueOf } from "./lines/line_classifier.ts";
import { readLines } from "./lines/line_scanner.ts";
import type { RawLine } from "./lines/raw_line.ts";
import { PapyraError } from "../errors.ts";

/** Where to go on writing. */
export interface Tail {
  /** The largest sequence number that the end of the file shows; 0 where there is none. */
  readonly lastSeq: number;
  /** Whether any line shows one; without, it is damaged lines that are counted. */
  readonly hasNumber: boolean;
  /** Whether the last line lacks its newline. */
  readonly isOpen: boolean;
}

// No record of ours is shorter: a damaged stretch cannot hold more of them than this allows.
const RECORD_BYTES_MIN = 60;
// The last ones show the largest numbers.
const DAMAGED_SEQS_MAX = 1000;

/**
 * Looks at the end of `file`, which is `size` bytes long.
 *
 * Damaged lines count as records, because they may be acknowledged ones. Throws UNSUPPORTED_VERSION
 * where a newer version left its checkpoint.
 */
export async function readTail(file: ReadableFile, size: number): Promise<Tail> {
  const end = new FileEnd(file.path);
  for await (const lines of readLinesBackward(file, { from: 0, to: size })) {
    // The whole batch is looked at: lines may have been put into another order.
    for (const line of lines) end.add(line);
    if (end.hasNumber) break;
  }
  const { lastSeq, hasNumber } = end;
  return { lastSeq, hasNumber, isOpen: !await endsWithNewline(file, size) };
}

/**
 * The first sequence number that a line of `file`, `size` bytes long, shows; null where none does.
 */
export async function readFirstSeq(file: ReadableFile, size: number): Promise<number | null> {
  for await (const lines of readLines(file, { from: 0, to: size })) {
    for (const line of lines) {
      if (line.isOversized) continue;
      const { bytes } = line;
      const verdict = classifyLine(bytes, line.offset === 0);
      const pieces = verdict.state === "damaged" ? splitGluedLine(bytes, verdict) : [{ verdict }];
      const seq = pieces.map((piece) => ownSeq(piece.verdict)).find((found) => found !== null);
      if (seq !== undefined) return seq;
    }
  }
  return null;
}

function ownSeq({ state, kind, seq }: LineVerdict): number | null {
  return state === "damaged" || kind === CHECKPOINT_KIND ? null : seq;
}

/** What the lines at the end of a file show, taken in from back to front. */
class FileEnd {
  readonly #path: string;
  #accepted: number | null = null;
  #damagedLines = 0;
  #damagedBytes = 0;
  readonly #damagedSeqs: number[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  get hasNumber(): boolean {
    return this.#accepted !== null;
  }

  get lastSeq(): number {
    const counted = (this.#accepted ?? 0) + this.#damagedLines;
    const plausible = counted + Math.ceil(this.#damagedBytes / RECORD_BYTES_MIN);
    return Math.max(counted, ...this.#damagedSeqs.filter((seq) => seq <= plausible));
  }

  add(line: RawLine): void {
    if (line.isOversized) {
      this.#addDamaged(null, line.length);
      return;
    }
    const { bytes } = line;
    const verdict = classifyLine(bytes, line.offset === 0);
    if (verdict.state !== "damaged") {
      this.#addAccepted(bytes, verdict);
      return;
    }
    for (const { start, end, verdict: part } of splitGluedLine(bytes, verdict).toReversed()) {
      if (part.state === "damaged") this.#addDamaged(part.seq, end - start);
      else this.#addAccepted(bytes.subarray(start, end), part);
    }
  }

  #addAccepted(bytes: Uint8Array, verdict: LineVerdict): void {
    const seq = verdict.kind === CHECKPOINT_KIND ? this.#lastSeqOf(bytes, verdict) : verdict.seq;
    if (seq !== null) this.#accepted = Math.max(this.#accepted ?? 0, seq);
  }

  #lastSeqOf(bytes: Uint8Array, verdict: LineVerdict): number | null {
    const value = valueOf(bytes, verdict);
    const checkpoint = value && decodeCheckpoint(value);
    if (checkpoint && isNewerFormat(checkpoint)) throw newerFormat(this.#path, checkpoint.version);
    return checkpoint?.to ?? null;
  }

  // What stands before the last number that is known was counted by it.
  #addDamaged(seq: number | null, bytes: number): void {
    if (this.hasNumber) return;
    this.#damagedLines++;
    this.#damagedBytes += bytes;
    if (seq !== null && this.#damagedSeqs.length < DAMAGED_SEQS_MAX) this.#damagedSeqs.push(seq);
  }
}

/** Whether the last of `size` bytes is a newline; an empty file counts as ended. */
export async function endsWithNewline(file: ReadableFile, size: number): Promise<boolean> {
  if (size === 0) return true;
  const last = new Uint8Array(1);
  await file.read(last, size - 1);
  return last[0] === NEWLINE;
}

/** The error for a store that only a newer version may change. */
export function newerFormat(path: string, version: number): PapyraError {
  return new PapyraError(
    "UNSUPPORTED_VERSION",
    `Cannot change "${path}": its format is version ${version}, newer than this program; use a newer papyra`,
    { file: path },
  );
}
