/**
 * What the command line sees of the process that it runs in.
 *
 * @module
 */

import process from "node:process";
import type { StartHelper } from "../volume/helper.ts";
import { startSelf } from "./self_command.ts";
import { standardStream } from "./standard_stream.ts";

/** A signal that asks the process to end. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** A stream that may be a terminal. */
export interface OutputStream {
  /** Whether it is one. */
  readonly isTTY?: boolean;
  /** Its width, where it is a terminal. */
  readonly columns?: number;
  /** Writes, and calls back once that is done or has failed. */
  write(text: string, done: (error?: Error | null) => void): unknown;
}

/** The process as a command sees it. */
export interface Terminal {
  /** Where data goes. */
  readonly stdout: OutputStream;
  /** Where everything else goes. */
  readonly stderr: OutputStream;
  /** What the user sends; opened only when it is asked for. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** The environment. */
  readonly env: { readonly [name: string]: string | undefined };
  /** Has `listener` called for every signal, in place of the sudden end that is usual. */
  onStop(listener: (signal: StopSignal) => void): void;
  /** Has `listener` called for every SIGHUP, in place of the sudden end that is usual. */
  onHangup(listener: () => void): void;
  /** Runs this program again beside this process, with the arguments given. */
  readonly startSelf: StartHelper;
}

/** How wide lines may be: as COLUMNS says, else as the terminal is, else Infinity. */
export function widthOf({ stdout, env }: Terminal): number {
  const columns = Number(/^\d{1,6}$/.exec(env["COLUMNS"] ?? "")?.[0] ?? 0);
  return columns || (stdout.isTTY && stdout.columns) || Infinity;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    stdout: standardStream(1),
    stderr: standardStream(2),
    get stdin() {
      return process.stdin;
    },
    env: process.env,
    onStop: (listener) => {
      process.on("SIGINT", () => listener("SIGINT"));
      process.on("SIGTERM", () => listener("SIGTERM"));
    },
    onHangup: (listener) => void process.on("SIGHUP", listener),
    startSelf,
  };
}
