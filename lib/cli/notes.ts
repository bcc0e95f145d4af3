/**
 * What goes to standard error: notes, errors and progress.
 *
 * @module
 */

import type { ProgressCallback } from "../backend/backend.ts";
import type { Output } from "./output.ts";
import { ProgressBar } from "./progress_bar.ts";

/** Standard error. */
export class Notes {
  /** Tell nothing but errors. */
  isQuiet = false;
  readonly #output: Output;
  readonly #isTerminal: boolean;
  readonly #bar: ProgressBar;

  /** @param isTerminal whether a progress bar has a terminal to be drawn on */
  constructor(output: Output, isTerminal: boolean) {
    this.#output = output;
    this.#isTerminal = isTerminal;
    this.#bar = new ProgressBar(output);
  }

  /** Tells something that is worth knowing and no error. */
  async note(text: string): Promise<void> {
    if (!this.isQuiet) await this.#tell(text);
  }

  /** Tells that damaged lines were passed over. */
  async noteSkipped(count: number): Promise<void> {
    if (count === 0) return;
    await this.note(`${count} damaged lines were passed over: run papyra persistence scan`);
  }

  /** Tells what went wrong. */
  error(text: string): Promise<void> {
    return this.#tell(text, "red");
  }

  /** What an operation is to call with its progress; empty where nobody would see it. */
  progressOf(what: string): { onProgress?: ProgressCallback } {
    if (this.isQuiet || !this.#isTerminal) return {};
    return { onProgress: (done, total) => this.#bar.show(what, done, total) };
  }

  /** Takes the progress bar away. */
  clearProgress(): Promise<void> {
    return this.#bar.clear();
  }

  /** Takes the progress bar away, and resolves once everything was told, also what nobody waited for. */
  async settle(): Promise<void> {
    await this.clearProgress();
    await this.#output.flush();
  }

  async #tell(text: string, colour?: "red"): Promise<void> {
    await this.clearProgress();
    await this.#output.line(`papyra: ${text}`, colour);
    await this.#output.flush();
  }
}
