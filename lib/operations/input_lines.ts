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

const INITIAL_BYTES = 64 * 1024;

/** Cuts chunks into lines. Feed chunks in order, then call {@linkcode LineCutter.end}. */
export class LineCutter {
  readonly #lineBytesMax: number;
  #number = 0;
  // What has come of a line that has not ended: however small the chunks, they take no room beside it.
  #held = new Uint8Array(INITIAL_BYTES);
  #heldBytes = 0;
  #isOversized = false;

  /** @param lineBytesMax longest line kept */
  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that end in this chunk, which must not change while they are used. */
  *cut(chunk: Uint8Array): Generator<InputLine> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      yield this.#take(chunk.subarray(start, end));
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
  }

  /** The last line, where it has no newline. */
  *end(): Generator<InputLine> {
    if (this.#heldBytes > 0 || this.#isOversized) yield this.#take(new Uint8Array(0));
  }

  #take(rest: Uint8Array): InputLine {
    this.#number++;
    const isWhole = this.#heldBytes === 0 && !this.#isOversized;
    if (!isWhole || rest.length > this.#lineBytesMax) this.#hold(rest);
    const bytes = this.#isOversized ? null : isWhole ? rest : this.#held.slice(0, this.#heldBytes);
    this.#heldBytes = 0;
    this.#isOversized = false;
    return { number: this.#number, bytes };
  }

  #hold(part: Uint8Array): void {
    const bytes = this.#heldBytes + part.length;
    if (this.#isOversized || bytes > this.#lineBytesMax) {
      this.#isOversized = true;
      this.#held = new Uint8Array(INITIAL_BYTES);
      this.#heldBytes = 0;
      return;
    }
    if (bytes > this.#held.length) {
      const larger = new Uint8Array(
        Math.min(this.#lineBytesMax, Math.max(bytes, 2 * this.#held.length)),
      );
      larger.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = larger;
    }
    this.#held.set(part, this.#heldBytes);
    this.#heldBytes = bytes;
  }
}
