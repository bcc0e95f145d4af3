/**
 * Compresses what is appended to it into a new file, block by block.
 *
 * @module
 */

import { createHash } from "../late_modules.ts";
import { type BlockCodec } from "./block_codec.ts";
import { BLOCK_BYTES_MAX, encodeHeader, headerBytesOf, RATIO_MAX } from "./block_header.ts";
import type { OpenFile } from "../file_system.ts";
import { NEWLINE } from "../format.ts";
import { appendAll } from "../whole_file.ts";

// With so little content even the smallest body keeps to the ratio.
const SMALL_BLOCK_BYTES = 32 * 1024;

/** A writer of compressed blocks. */
export class BlockWriter {
  /** The path of the file that it writes. */
  readonly path: string;
  readonly #file: OpenFile;
  readonly #codec: BlockCodec;
  readonly #buffer = new Uint8Array(BLOCK_BYTES_MAX);
  readonly #hash = createHash("sha256");
  #held = 0;
  #offset = 0;
  #size = 0;

  /** `file` is new and empty. */
  constructor(file: OpenFile, codec: BlockCodec) {
    this.path = file.path;
    this.#file = file;
    this.#codec = codec;
  }

  /** Bytes written to the file. */
  get size(): number {
    return this.#size;
  }

  /** Takes all of `bytes`; returns how many that is, as a file does. */
  append(bytes: Uint8Array): number {
    for (let taken = 0; taken < bytes.length;) {
      const part = bytes.subarray(taken, taken + BLOCK_BYTES_MAX - this.#held);
      this.#buffer.set(part, this.#held);
      this.#held += part.length;
      taken += part.length;
      if (this.#held === BLOCK_BYTES_MAX) this.#cut();
    }
    return bytes.length;
  }

  /** Writes what is held back, and the block that ends the file. It takes nothing afterwards. */
  end(): void {
    while (this.#held > 0) this.#cut();
    this.#put(this.#codec.endBody, 0);
  }

  /** SHA-256 of the file, hexadecimal, once it has ended. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  // Damage to a block is to touch no line of another, where lines are short enough for that.
  #cut(): void {
    const held = this.#buffer.subarray(0, this.#held);
    const content = held.subarray(0, lineEndIn(held));
    const body = this.#codec.compress(content);
    const isTooDense = content.length > RATIO_MAX * (headerBytesOf(this.#codec) + body.length);
    if (isTooDense) this.#cutSmall(content.subarray(0, SMALL_BLOCK_BYTES));
    else this.#write(content, body);
  }

  #cutSmall(part: Uint8Array): void {
    const content = part.subarray(0, lineEndIn(part));
    this.#write(content, this.#codec.compress(content));
  }

  #write(content: Uint8Array, body: Uint8Array): void {
    this.#put(body, content.length);
    this.#buffer.copyWithin(0, content.length, this.#held);
    this.#held -= content.length;
  }

  #put(body: Uint8Array, length: number): void {
    const header = { offset: this.#offset, bodyBytes: body.length, length };
    for (const bytes of [encodeHeader(this.#codec, header), body]) {
      this.#hash.update(bytes);
      appendAll(this.#file, bytes);
      this.#size += bytes.length;
    }
    this.#offset += length;
  }
}

/** Behind the last newline; all of it where there is none. */
function lineEndIn(bytes: Uint8Array): number {
  const newline = bytes.lastIndexOf(NEWLINE);
  return newline === -1 ? bytes.length : newline + 1;
}
