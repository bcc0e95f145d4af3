/**
 * A `papyra serve` in a process of its own.
 *
 * @module
 */

import { hearLines } from "../_hear_lines.ts";
import { type RunOptions, spawnPapyra } from "./_papyra.ts";

/** A running server, and what it has told. */
export class Serving implements AsyncDisposable {
  /** What it has told on standard error. */
  readonly told: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<{ code: number; stdout: string }>;
  #hasEnded = false;
  #onProgress = () => {};

  /** Starts one on a port that is free. */
  constructor(args: readonly string[], options: RunOptions = {}) {
    const listen = args.some((arg) => arg.startsWith("--listen"))
      ? []
      : ["--listen", "127.0.0.1:0"];
    this.#child = spawnPapyra(["serve", ...args, ...listen], options);
    this.#ended = this.#run();
  }

  /** Where it listens, without a slash at the end. */
  async url(): Promise<string> {
    const line = await this.untilTold(/listening on/);
    return /listening on (http:\S+)\/$/.exec(line)![1]!;
  }

  /** Waits until it has told a line like this; returns it. */
  async untilTold(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = this.told.find((each) => pattern.test(each));
      if (line !== undefined) return line;
      if (this.#hasEnded) throw new Error(`It ended too soon: ${this.told.join(", ")}`);
      await new Promise<void>((resolve) => this.#onProgress = resolve);
    }
  }

  /** Asks it to stop. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<{ code: number; stdout: string }> {
    if (!this.#hasEnded) this.#child.kill(signal);
    return await this.#ended;
  }

  /** Ends it where it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }

  async #run(): Promise<{ code: number; stdout: string }> {
    const out: string[] = [];
    const [{ code }] = await Promise.all([
      this.#child.status,
      this.#child.stdin.close(),
      hearLines(this.#child.stdout, (line) => out.push(line)),
      hearLines(this.#child.stderr, (line) => {
        this.told.push(line);
        this.#onProgress();
      }),
    ]);
    this.#hasEnded = true;
    this.#onProgress();
    return { code, stdout: out.join("\n") };
  }
}

/** Asks; the status and what came, read as JSON where it is that. */
export async function get(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: string }> {
  const response = await fetch(url, { headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
