/**
 * Reads a part of a file in chunks, each while the one before it is being worked on.
 *
 * @module
 */

import { BufferPool } from "../buffers.ts";
import type { ByteRange } from "../byte_range.ts";
import type { ReadableFile } from "../file_system.ts";

const CHUNKS = new BufferPool(256 * 1024);

/** A reader that is one chunk ahead. */
export class ReadAhead {
  readonly #file: ReadableFile;
  readonly #range: ByteRange;
  readonly #buffers: Uint8Array<ArrayBuffer>[];
  #position: number;
  #reading: Promise<Uint8Array> | null;

  constructor(file: ReadableFile, range: ByteRange) {
    this.#file = file;
    this.#range = range;
    const bytesMax = Math.max(range.to - range.from, 0);
    this.#buffers = [CHUNKS.take(bytesMax), CHUNKS.take(bytesMax)];
    this.#position = range.from;
    this.#reading = this.#read();
  }

  /** The next chunk, valid until the next call; empty behind the end of the range or of the file. */
  async next(): Promise<Uint8Array> {
    const chunk = await this.#reading ?? new Uint8Array(0);
    this.#position += chunk.length;
    this.#buffers.reverse();
    this.#reading = chunk.length === 0 ? null : this.#read();
    return chunk;
  }

  /** Reads no more. Resolves once nothing is being read: the file may be closed then. */
  async settle(): Promise<void> {
    await this.#reading?.catch(() => {});
    for (const buffer of this.#buffers.splice(0)) CHUNKS.give(buffer);
  }

  #read(): Promise<Uint8Array> | null {
    const [buffer] = this.#buffers;
    const wanted = Math.min(buffer!.length, this.#range.to - this.#position);
    if (wanted === 0) return null;
    const target = buffer!.subarray(0, wanted);
    const reading = this.#file.read(target, this.#position).then((count) =>
      target.subarray(0, count)
    );
    // A failure is told by the call that asks for this chunk, if one ever does.
    reading.catch(() => {});
    return reading;
  }
}
