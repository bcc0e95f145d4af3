/**
 * Lines of a byte stream, each at most so long, in constant memory.
 *
 * @module
 */

/** One line of input; `bytes` is null where it was too long to be kept. */
export interface InputLine {
  /** Its number, from 1. */
  readonly number: number;
  /** Its bytes without the newline. */
  readonly bytes: Uint8Array | null;
}

const NEWLINE = 0x0a;

/** Cuts chunks into lines. Feed chunks in order, then call {@linkcode LineCutter.end}. */
export class LineCutter {
  readonly #lineBytesMax: number;
  #number = 0;
  #parts: Uint8Array[] = [];
  #partsBytes = 0;
  #isOversized = false;

  /** @param lineBytesMax longest line kept */
  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that end in this chunk. */
  *cut(chunk: Uint8Array): Generator<InputLine> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.#keep(chunk.subarray(start, end));
      yield this.#take();
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.slice(start));
  }

  /** The last line, where it has no newline. */
  *end(): Generator<InputLine> {
    if (this.#partsBytes > 0 || this.#isOversized) yield this.#take();
  }

  #keep(part: Uint8Array): void {
    if (this.#isOversized) return;
    if (this.#partsBytes + part.length > this.#lineBytesMax) {
      this.#isOversized = true;
      this.#parts = [];
      return;
    }
    this.#parts.push(part);
    this.#partsBytes += part.length;
  }

  #take(): InputLine {
    const bytes = this.#isOversized ? null : joined(this.#parts, this.#partsBytes);
    this.#parts = [];
    this.#partsBytes = 0;
    this.#isOversized = false;
    this.#number++;
    return { number: this.#number, bytes };
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
