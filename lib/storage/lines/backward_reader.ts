/**
 * Reads a file's lines from back to front, in bounded memory whatever the lines are.
 *
 * @module
 */

import { throwIfAborted } from "../../errors.ts";
import type { ReadableFile } from "../file_system.ts";
import { LINE_BYTES_MAX, NEWLINE } from "../format.ts";
import { BufferPool } from "../buffers.ts";
import { restContent } from "../compressed/compressed_file.ts";
import type { ByteRange } from "../byte_range.ts";
import { BATCH_LINES_MAX, RawLine } from "./raw_line.ts";

const FIRST_CHUNK_BYTES = 64 * 1024;
const CHUNK_BYTES = 128 * 1024;
const BUFFERS = new BufferPool(256 * 1024);

/** Yields the lines of `range` in batches, the last one first. It must begin at a line's beginning. */
export async function* readLinesBackward(
  file: ReadableFile,
  range: ByteRange,
  signal?: AbortSignal,
): AsyncGenerator<readonly RawLine[]> {
  const window = new BackwardWindow(file, range);
  try {
    for (let chunkBytes = FIRST_CHUNK_BYTES; window.hasMore; chunkBytes = CHUNK_BYTES) {
      throwIfAborted(signal);
      await window.extend(chunkBytes);
      for (let lines = window.takeLines(); lines.length > 0; lines = window.takeLines()) {
        yield lines;
      }
    }
  } finally {
    window.release();
    restContent(file);
  }
}

/** The end of the last line that ends at or before `horizon`. */
export async function lineEndBefore(file: ReadableFile, horizon: number): Promise<number> {
  for await (const [last] of readLinesBackward(file, { from: 0, to: horizon })) {
    if (last !== undefined) return last.isTerminated ? horizon : last.offset;
  }
  return 0;
}

/** The bytes from the reading position to the end of the line that is not yet told. */
class BackwardWindow {
  readonly #file: ReadableFile;
  readonly #range: ByteRange;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  // What is held lies in the buffer from #start to #end, and in the file from #position on.
  #start = 0;
  #end = 0;
  #position: number;
  #lineEnd: number;
  #isOversized = false;
  #endsWithNewline = false;

  constructor(file: ReadableFile, range: ByteRange) {
    this.#file = file;
    this.#range = range;
    this.#position = range.to;
    this.#lineEnd = range.to;
  }

  get hasMore(): boolean {
    return this.#position > this.#range.from;
  }

  async extend(chunkBytes: number): Promise<void> {
    const count = Math.min(chunkBytes, this.#position - this.#range.from);
    this.#makeRoom(count);
    this.#start -= count;
    this.#position -= count;
    const target = this.#buffer.subarray(this.#start, this.#start + count);
    const read = await this.#file.read(target, this.#position);
    // A file that was cut meanwhile reads as damage, not as lines of another place.
    target.fill(0, read);
    if (this.#position + count === this.#range.to) {
      this.#endsWithNewline = target[count - 1] === NEWLINE;
    }
  }

  /** The next lines; none once all that are held were taken. */
  takeLines(): RawLine[] {
    const lines: RawLine[] = [];
    for (let newline = this.#newlineBefore(); newline !== -1; newline = this.#newlineBefore()) {
      if (lines.length === BATCH_LINES_MAX) return lines;
      lines.push(this.#takeLineFrom(newline + 1));
    }
    if (!this.hasMore && this.#lineEnd > this.#range.from) {
      lines.push(this.#takeLineFrom(this.#start));
    }
    if (this.#lineEnd - this.#position > LINE_BYTES_MAX + 1) {
      this.#isOversized = true;
      this.#end = this.#start;
    }
    return lines;
  }

  /** No line is told any more. */
  release(): void {
    BUFFERS.give(this.#buffer);
  }

  // The newline that ends the line itself is not the one that ends the line before it.
  #newlineBefore(): number {
    const before = this.#isOversized ? this.#end : this.#end - 1;
    if (before <= this.#start) return -1;
    const at = this.#buffer.subarray(this.#start, before).lastIndexOf(NEWLINE);
    return at === -1 ? -1 : this.#start + at;
  }

  #takeLineFrom(index: number): RawLine {
    const offset = this.#position + (index - this.#start);
    const isTerminated = this.#lineEnd < this.#range.to || this.#endsWithNewline;
    const length = this.#lineEnd - offset;
    const buffer = this.#isOversized ? null : this.#buffer;
    const end = this.#end - (isTerminated ? 1 : 0);
    this.#isOversized = false;
    this.#end = index;
    this.#lineEnd = offset;
    return new RawLine(buffer, index, end, offset, length, isTerminated);
  }

  #makeRoom(count: number): void {
    if (this.#start >= count) return;
    const held = this.#buffer.subarray(this.#start, this.#end);
    const heldBytes = held.length;
    const needed = count + heldBytes;
    if (this.#buffer.length < needed) {
      const wanted = Math.min(this.#buffer.length * 2, LINE_BYTES_MAX + 2 * CHUNK_BYTES);
      const larger = BUFFERS.takeWhole(Math.max(needed, wanted));
      larger.set(held, larger.length - held.length);
      BUFFERS.give(this.#buffer);
      this.#buffer = larger;
    } else {
      this.#buffer.copyWithin(this.#buffer.length - held.length, this.#start, this.#end);
    }
    this.#end = this.#buffer.length;
    this.#start = this.#end - heldBytes;
  }
}
