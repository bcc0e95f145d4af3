/**
 * A bar that shows how far a long operation is.
 *
 * @module
 */

import type { Output } from "./output.ts";

const WIDTH = 30;
const REDRAW_INTERVAL_MS = 100;
const CLEAR_LINE = "\r\x1b[K";

/** One line of a terminal, drawn again and again. */
export class ProgressBar {
  readonly #output: Output;
  #drawnAt = 0;
  #isShown = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Draws it, not more often than an eye can follow. */
  show(what: string, done: number, total: number): void {
    const now = Date.now();
    if (now - this.#drawnAt < REDRAW_INTERVAL_MS) return;
    this.#drawnAt = now;
    this.#isShown = true;
    void this.#draw(`${CLEAR_LINE}${progressText(what, done, total)}`);
  }

  /** Takes it away. */
  async clear(): Promise<void> {
    if (!this.#isShown) return;
    this.#isShown = false;
    await this.#draw(CLEAR_LINE);
  }

  async #draw(text: string): Promise<void> {
    await this.#output.raw(text);
    await this.#output.flush();
  }
}

/** `scanning [######------] 50%`. */
export function progressText(what: string, done: number, total: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.round(share * WIDTH);
  const bar = "#".repeat(filled) + "-".repeat(WIDTH - filled);
  return `${what} [${bar}] ${Math.floor(share * 100)}%`;
}
