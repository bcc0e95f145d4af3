/**
 * A command that follows a store, in a process of its own.
 *
 * @module
 */

import { hearLines } from "../_hear_lines.ts";
import { type RunOptions, spawnPapyra } from "./_papyra.ts";

/** A running `papyra inspect … --follow`, and what it has printed. */
export class Follower implements AsyncDisposable {
  /** Its lines so far. */
  readonly lines: string[] = [];
  /** What it has told on standard error. */
  readonly told: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<number>;
  #hasEnded = false;
  #onProgress = () => {};

  /** Begins to follow. */
  constructor(args: readonly string[], options: RunOptions = {}) {
    this.#child = spawnPapyra(["inspect", ...args, "--follow"], options);
    this.#ended = this.#run();
  }

  /** Waits until it has printed so many lines; returns them. */
  async until(count: number): Promise<readonly string[]> {
    await this.#wait(() => this.lines.length >= count);
    return this.lines;
  }

  /** Waits until it has printed this line. */
  async untilShown(line: string): Promise<void> {
    await this.#wait(() => this.lines.includes(line));
  }

  /** Waits until it has told so many lines on standard error; returns them. */
  async untilTold(count: number): Promise<readonly string[]> {
    await this.#wait(() => this.told.length >= count);
    return this.told;
  }

  /** Asks it to stop; its exit code. */
  async stop(signal: Deno.Signal = "SIGINT"): Promise<number> {
    if (!this.#hasEnded) this.#child.kill(signal);
    return await this.#ended;
  }

  /** Waits for its end; its exit code. */
  async ended(): Promise<number> {
    return await this.#ended;
  }

  /** Ends it where it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }

  async #wait(isMet: () => boolean): Promise<void> {
    while (!isMet()) {
      if (this.#hasEnded) throw new Error(`It ended too soon: ${this.told.join(", ")}`);
      await new Promise<void>((resolve) => this.#onProgress = resolve);
    }
  }

  async #run(): Promise<number> {
    const hear = (stream: ReadableStream<Uint8Array<ArrayBuffer>>, lines: string[]) =>
      hearLines(stream, (line) => {
        lines.push(line);
        this.#onProgress();
      });
    const [{ code }] = await Promise.all([
      this.#child.status,
      this.#child.stdin.close(),
      hear(this.#child.stdout, this.lines),
      hear(this.#child.stderr, this.told),
    ]);
    this.#hasEnded = true;
    this.#onProgress();
    return code;
  }
}
