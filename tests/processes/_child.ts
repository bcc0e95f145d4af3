/**
 * Child processes of the tests: heard line by line, and always ended by their own id.
 *
 * @module
 */

import { join } from "node:path";
import { findBun } from "../../scripts/_bun.ts";
import { hearLines } from "../_hear_lines.ts";

/** What a script is run with. */
export type Runtime = readonly [command: string, ...args: string[]];

/** The Deno that runs the tests. */
export const DENO: Runtime = [Deno.execPath(), "run", "-A", "--quiet"];

/** The Bun that the executable may be made with. */
export async function bunRuntime(): Promise<Runtime> {
  return [await findBun()];
}

/** A script of this directory in a process of its own. */
export class Child {
  readonly #process: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #heard: Promise<void>;
  #isEnded = false;

  /** @param onLine called for every line that it prints, also those from before a kill */
  constructor(
    runtime: Runtime,
    script: string,
    args: readonly (string | number)[],
    onLine: (line: string) => void,
  ) {
    const [command, ...first] = runtime;
    this.#process = new Deno.Command(command, {
      args: [...first, join(import.meta.dirname!, script), ...args.map(String)],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#orders = this.#process.stdin.getWriter();
    this.#heard = hearLines(this.#process.stdout, onLine);
  }

  /** Tells it a line; one that has ended does not hear it. */
  async order(line: string): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  }

  /** Asks it to stop, and waits; its exit code. */
  async stop(): Promise<number> {
    await this.#orders.close().catch(() => {});
    return await this.ended();
  }

  /** Ends it in the middle of whatever it does, and waits until everything it said was heard. */
  async kill(): Promise<void> {
    if (!this.#isEnded) this.#process.kill("SIGKILL");
    await this.#orders.close().catch(() => {});
    await this.ended();
  }

  /** Waits for its end; its exit code. */
  async ended(): Promise<number> {
    const { code } = await this.#process.status;
    this.#isEnded = true;
    await this.#heard;
    return code;
  }

  /** Ends it where it still runs. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** Something that is waited for, and told. */
export class Condition {
  readonly #isMet: () => boolean;
  readonly #deferred = Promise.withResolvers<void>();

  constructor(isMet: () => boolean) {
    this.#isMet = isMet;
  }

  /** Resolves once it is met. */
  get met(): Promise<void> {
    return this.#deferred.promise;
  }

  /** Looks whether it is met now. */
  look(): void {
    if (this.#isMet()) this.#deferred.resolve();
  }
}
