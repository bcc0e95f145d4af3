/**
 * What is held of a file that is read from front to back: takes lines, and runs of them, from it.
 *
 * @module
 */

import { BufferPool, releaseBuffer } from "../buffers.ts";
import type { ByteRange } from "../byte_range.ts";
import { LINE_BYTES_MAX, NEWLINE } from "../format.ts";
import type { PlainRun, PlainRunReader } from "./plain_run.ts";
import { BATCH_LINES_MAX, RawLine } from "./raw_line.ts";

// For a chunk, and the line that it goes on with.
const BUFFER_BYTES = 512 * 1024;
// What a line was parsed to may take ten times its bytes.
const BATCH_BYTES = 32 * 1024;

const BUFFERS = new BufferPool(BUFFER_BYTES);
const NO_BYTES = new Uint8Array(0);

/** Finds the run that begins at a place. */
export type ReadRun = PlainRunReader["read"];

/** The bytes from the beginning of the line that is not yet told to the reading position. */
export class ForwardWindow {
  readonly #range: ByteRange;
  readonly #isRoomOwn: boolean;
  // What is held lies in the room, or in the larger buffer where it does not fit.
  readonly #room: Uint8Array<ArrayBuffer>;
  #larger = NO_BYTES;
  #buffer: Uint8Array<ArrayBuffer>;
  #held: Uint8Array;
  // What is held lies in the buffer from #start to #end; bytes before #searched hold no newline.
  #start = 0;
  #searched = 0;
  #end = 0;
  #position: number;
  #lineOffset: number;
  #isOversized = false;
  #isCut = false;

  /** `room` is where runs are read fastest from; null for a buffer like any other. */
  constructor(range: ByteRange, room: Uint8Array<ArrayBuffer> | null) {
    this.#range = range;
    this.#isRoomOwn = room === null;
    this.#room = room ?? BUFFERS.take(Math.max(range.to - range.from, 1));
    this.#buffer = this.#room;
    this.#held = this.#buffer.subarray(0, 0);
    this.#position = range.from;
    this.#lineOffset = range.from;
  }

  /** Whether nothing follows what is held. */
  get isAtEnd(): boolean {
    return this.#isCut || this.#position >= this.#range.to;
  }

  /** Holds the next chunk too. */
  extend(chunk: Uint8Array): void {
    this.#makeRoom(chunk.length);
    this.#buffer.set(chunk, this.#end);
    this.#isCut = chunk.length === 0;
    this.#position += chunk.length;
    this.#end += chunk.length;
    this.#held = this.#buffer.subarray(0, this.#end);
  }

  /** The next lines; none once all that are held were taken. */
  takeLines(): RawLine[] {
    const lines: RawLine[] = [];
    const from = this.#start;
    for (let line = this.#takeLine(); line !== null; line = this.#takeLine()) {
      const count = lines.push(line);
      if (count === BATCH_LINES_MAX || this.#start - from >= BATCH_BYTES) return lines;
    }
    const rest = this.#takeRest();
    if (rest !== null) lines.push(rest);
    return lines;
  }

  /** The same, with runs in the place of lines that are plain. */
  takeRuns(readRun: ReadRun): (RawLine | PlainRun)[] {
    const taken: (RawLine | PlainRun)[] = [];
    const next = () => this.#takeRun(readRun) ?? this.#takeLine();
    for (let item = next(); item !== null; item = next()) {
      if (taken.push(item) === BATCH_LINES_MAX) return taken;
    }
    const rest = this.#takeRest();
    if (rest !== null) taken.push(rest);
    return taken;
  }

  #takeRun(readRun: ReadRun): PlainRun | null {
    if (this.#isOversized) return null;
    const run = readRun(this.#held, this.#start, this.#lineOffset, this.#searched);
    if (run === null) return null;
    this.#lineOffset += run.end - this.#start;
    this.#start = run.end;
    this.#searched = run.end;
    return run;
  }

  #takeLine(): RawLine | null {
    const newline = this.#held.indexOf(NEWLINE, this.#searched);
    if (newline === -1) return null;
    this.#searched = newline + 1;
    return this.#takeLineTo(newline + 1, true);
  }

  // What is held has no newline any more.
  #takeRest(): RawLine | null {
    this.#searched = this.#end;
    if (this.isAtEnd && this.#lineOffset < this.#position) {
      return this.#takeLineTo(this.#end, false);
    }
    if (this.#end - this.#start > LINE_BYTES_MAX) {
      this.#isOversized = true;
      this.#start = this.#end;
    }
    return null;
  }

  /** No line is told any more. */
  release(): void {
    if (this.#isRoomOwn) BUFFERS.give(this.#room);
    releaseBuffer(this.#larger);
  }

  #takeLineTo(index: number, isTerminated: boolean): RawLine {
    const offset = this.#lineOffset;
    const nextOffset = this.#position - (this.#end - index);
    const buffer = this.#isOversized ? null : this.#buffer;
    const start = this.#start;
    const end = isTerminated ? index - 1 : index;
    this.#isOversized = false;
    this.#start = index;
    this.#lineOffset = nextOffset;
    return new RawLine(buffer, start, end, offset, nextOffset - offset, isTerminated);
  }

  #makeRoom(count: number): void {
    const held = this.#held.subarray(this.#start);
    const larger = this.#larger;
    this.#buffer = this.#bufferFor(held.length + count);
    this.#buffer.set(held);
    this.#searched -= this.#start;
    this.#start = 0;
    this.#end = held.length;
    if (this.#larger !== larger) releaseBuffer(larger);
  }

  #bufferFor(bytes: number): Uint8Array<ArrayBuffer> {
    if (bytes <= this.#room.length) return this.#room;
    if (bytes > this.#larger.length) {
      // Runtimes fill what they give with zeros: room that is never used takes memory too.
      const wanted = Math.min(this.#buffer.length * 2, LINE_BYTES_MAX + BUFFER_BYTES);
      this.#larger = new Uint8Array(Math.max(bytes, wanted));
    }
    return this.#larger;
  }
}
