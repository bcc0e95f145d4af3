/**
 * What a test asks of a process that it started, a line each on standard input: `rest`, `go`, `die N`.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { killingFileSystem } from "./_killing_file_system.ts";

/** What a process says once it does nothing until `go`. */
export const RESTING = "resting";

/** The orders of this process. */
export class Orders {
  #isStopped = false;
  #isToRest = false;
  #changesLeft = Infinity;
  #wake = (): void => {};

  /** Listens. The end of standard input is the order to stop. */
  constructor() {
    let rest = "";
    process.stdin.setEncoding("utf8");
    process.stdin.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#obey(line);
    });
    for (const event of ["end", "error"]) process.stdin.on(event, () => this.#stop());
  }

  /** The machine's file system, on which the process dies where it is told to. */
  readonly fileSystem = killingFileSystem(nativeFileSystem, () => --this.#changesLeft === 0);

  /** Whether to work on. */
  get isGo(): boolean {
    return !this.#isToRest && !this.#isStopped;
  }

  /** Rests where that was asked for; then whether to work on. */
  async goOn(): Promise<boolean> {
    while (this.#isToRest && !this.#isStopped) {
      const woken = new Promise<void>((resolve) => this.#wake = resolve);
      writeSync(1, `${RESTING}\n`);
      await woken;
    }
    return !this.#isStopped;
  }

  #obey(line: string): void {
    const [order, number] = line.split(" ");
    if (order === "die") this.#changesLeft = Number(number);
    else this.#isToRest = order === "rest";
    if (!this.#isToRest) this.#wake();
  }

  #stop(): void {
    this.#isStopped = true;
    this.#wake();
  }
}
