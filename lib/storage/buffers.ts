/**
 * Memory of buffers that is not left to the collector, which would let much of it add up: a store may
 * have many files, and each of them needs buffers to be read.
 *
 * @module
 */

const SPARE_MAX = 4;
const LARGE_BYTES = 128 * 1024;

/** Buffers of one size that are used again, one reading after the other. */
export class BufferPool {
  readonly #bytes: number;
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];

  /** @param bytes the size of its buffers */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A buffer, whatever it holds, that need not be longer than `bytesMax`. */
  take(bytesMax: number): Uint8Array<ArrayBuffer> {
    return this.#spare.pop() ?? new Uint8Array(Math.min(bytesMax, this.#bytes));
  }

  /** A buffer, whatever it holds, that is at least so long. */
  takeWhole(bytes: number): Uint8Array<ArrayBuffer> {
    return bytes <= this.#bytes ? this.take(bytes) : new Uint8Array(bytes);
  }

  /** Nobody uses the buffer, of whatever size, any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.length !== this.#bytes) return releaseBuffer(buffer);
    if (this.#spare.length < SPARE_MAX) this.#spare.push(buffer);
  }
}

/** Gives the memory of a large buffer, which nobody uses any more, back now. */
export function releaseBuffer({ buffer }: Uint8Array): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength <= LARGE_BYTES) return;
  // Node has it from version 21 on.
  buffer.transfer?.(0);
}
