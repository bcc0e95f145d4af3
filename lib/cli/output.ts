/**
 * Writing to a stream that may be slow, full or gone.
 *
 * @module
 */

import { abortError, PapyraError } from "../errors.ts";
import { explainOsError, osCode } from "../storage/os_error.ts";
import { escapeText } from "../model/escape_text.ts";
import { type Colour, paint } from "./paint.ts";
import type { OutputStream } from "./terminal.ts";

/** Thrown where there is no use in going on, because nobody reads the output. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

/** What a reader that went away means: stop, or carry on; `ignore` goes for every other failure too. */
export type OutputFailurePolicy = "stop" | "carry_on" | "ignore";

const BUFFER_LENGTH_MAX = 64 * 1024;
// Escaping takes many times the room of what is escaped.
const PIECE_LENGTH = 16 * 1024;
const GRACE_MS = 1000;

/** A stream to be written to, in pieces worth a system call. */
export class Output {
  /** What failures mean. */
  onFailure: OutputFailurePolicy;
  /** Whether lines may be coloured. */
  isColoured = false;
  readonly #stream: OutputStream;
  readonly #signal: AbortSignal;
  #buffer = "";
  #writing: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** @param signal once it has fired, a reader that does not read is waited for no longer */
  constructor(stream: OutputStream, onFailure: OutputFailurePolicy, signal: AbortSignal) {
    this.#stream = stream;
    this.onFailure = onFailure;
    this.#signal = signal;
  }

  /** Writes a line in which nothing but the colour can drive a terminal. */
  async line(text: string, colour?: Colour): Promise<void> {
    // In one piece, so that lines told side by side stay lines; what is escaped takes up to six times the
    // room, so that only a long line goes out bit by bit.
    for (let at = 0; at === 0 || at < text.length;) {
      const end = endOfPiece(text, at);
      const safe = escapeText(text.slice(at, end));
      const newline = end < text.length ? "" : "\n";
      await this.raw(`${colour && this.isColoured ? paint(safe, colour) : safe}${newline}`);
      at = end;
    }
  }

  /** Writes text as it stands. */
  async raw(text: string): Promise<void> {
    this.#buffer += text;
    if (this.#buffer.length >= BUFFER_LENGTH_MAX) await this.flush();
  }

  /** Resolves once everything was taken by whoever reads. */
  async flush(): Promise<void> {
    const text = this.#buffer;
    this.#buffer = "";
    // What somebody else flushed may still be on its way, and the process about to end.
    if (text === "" || this.#isClosed) return void await this.#writing;
    this.#writing = this.#write(text);
    const error = await this.#writing;
    if (error) this.#fail(error);
  }

  async #write(text: string): Promise<unknown> {
    const grace = new Grace(this.#signal);
    try {
      return await new Promise((resolve) => {
        grace.onEnd = () => resolve(abortError(this.#signal));
        this.#stream.write(text, resolve);
      });
    } catch (error) {
      // Writing to a device or a file can fail at once.
      return error;
    } finally {
      grace.lift();
    }
  }

  #fail(error: unknown): void {
    if (this.onFailure === "ignore") return;
    if (error instanceof PapyraError) throw error;
    if (osCode(error) !== "EPIPE") {
      throw new PapyraError("IO_ERROR", `Cannot write the output: ${explainOsError(error)}`, {
        cause: error,
      });
    }
    this.#isClosed = true;
    if (this.onFailure === "stop") throw new OutputClosed("Nobody reads the output");
  }
}

// Never between the halves of a character.
function endOfPiece(text: string, start: number): number {
  const end = start + PIECE_LENGTH;
  const isHigh = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
  return isHigh ? end + 1 : end;
}

/** The time that is left to somebody once a signal has fired. */
class Grace {
  onEnd: () => void = () => {};
  readonly #signal: AbortSignal;
  readonly #start = () => {
    this.#timer = setTimeout(() => this.onEnd(), GRACE_MS);
  };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    if (signal.aborted) this.#start();
    else signal.addEventListener("abort", this.#start, { once: true });
  }

  lift(): void {
    this.#signal.removeEventListener("abort", this.#start);
    clearTimeout(this.#timer);
  }
}
