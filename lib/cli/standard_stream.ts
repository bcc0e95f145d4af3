/**
 * Standard output and standard error. Under Bun, where they are no terminal, bytes go straight to the
 * descriptor: its streams take longer to load than a short command takes.
 *
 * @module
 */

import * as fs from "node:fs";
import process from "node:process";
import type { WriteStream } from "node:tty";
import { osCode } from "../storage/os_error.ts";
import type { OutputStream } from "./terminal.ts";

type Descriptor = 1 | 2;
type Done = (error?: Error | null) => void;

const NOWHERE = "/dev/null";
const FULL_PIPE_MS = 2;
const BUSY_MS_MAX = 50;

/** The stream of a descriptor. */
export function standardStream(fd: Descriptor): OutputStream {
  return isBun() && !mayBeTerminal(fd) ? new PlainStream(fd) : new RuntimeStream(fd);
}

// Deno, whose streams are loaded already, does not say what it wrote before a pipe was full.
function isBun(): boolean {
  return process.versions["bun"] !== undefined;
}

// Cron jobs write to nowhere, which looks like a terminal at first.
function mayBeTerminal(fd: Descriptor): boolean {
  try {
    const stat = fs.fstatSync(fd);
    return stat.isCharacterDevice() && stat.rdev !== fs.statSync(NOWHERE).rdev;
  } catch {
    return true;
  }
}

/** A stream of the runtime's. */
class RuntimeStream implements OutputStream {
  readonly #stream: WriteStream;
  #idleAt = performance.now();

  constructor(fd: Descriptor) {
    this.#stream = fd === 1 ? process.stdout : process.stderr;
    // The callback of each write has the error too; without a listener it would end the process.
    this.#stream.on("error", () => {});
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number {
    return this.#stream.columns ?? 0;
  }

  write(text: string, done: Done): void {
    this.#stream.write(text, (error) => this.#idleNowAndThen(() => done(error)));
  }

  // Deno takes signals in when it has nothing else to do, and a long listing always has.
  #idleNowAndThen(goOn: () => void): void {
    if (performance.now() - this.#idleAt < BUSY_MS_MAX) return goOn();
    setTimeout(() => {
      this.#idleAt = performance.now();
      goOn();
    });
  }
}

/** A file, a pipe, or nothing. */
class PlainStream implements OutputStream {
  readonly #fd: Descriptor;
  // What is written side by side comes out in the order of the calls.
  #turn: Promise<void> = Promise.resolve();

  constructor(fd: Descriptor) {
    this.#fd = fd;
  }

  write(text: string, done: Done): void {
    const bytes = new TextEncoder().encode(text);
    this.#turn = this.#turn.then(() => this.#writeAll(bytes)).then(() => done(), done);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const count = await this.#writeSome(bytes.subarray(written));
      // Whoever made the pipe wants nobody to wait within a call.
      if (count === 0) await new Promise((resolve) => setTimeout(resolve, FULL_PIPE_MS));
      written += count;
    }
  }

  // Beside the event loop: a reader may take its time, and a signal must be heard meanwhile.
  #writeSome(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) =>
      fs.write(this.#fd, bytes, 0, bytes.length, null, (error, count) => {
        if (error === null) resolve(count);
        else if (osCode(error) === "EAGAIN") resolve(0);
        else reject(error);
      })
    );
  }
}
