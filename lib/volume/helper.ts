/**
 * A second process of this program, as the checks see it.
 *
 * @module
 */

import { messageOf } from "../errors.ts";

/** A running process, however it was started. */
export interface HelperProcess {
  /** What it prints, line by line. Ends with it; throws where it could not be started. */
  readonly lines: AsyncIterator<string>;
  /** Ends its input, which asks it to finish. */
  finish(): void;
  /** Ends it with SIGKILL, whatever it does. Resolves once it is gone. */
  kill(): Promise<void>;
}

/** Starts this program again to play a role. What it throws leaves a check unknown. */
export type StartHelper = (role: readonly string[]) => HelperProcess;

/** Thrown where the second process does not do its part: that is not the volume's fault. */
export class HelperError extends Error {
  override readonly name = "HelperError";
}

/** A second process. */
export class Helper {
  readonly #process: HelperProcess;

  constructor(process: HelperProcess) {
    this.#process = process;
  }

  /**
   * Waits for a line that begins with one of `words`; returns its words. Throws what went wrong there.
   */
  async hear(...words: readonly string[]): Promise<readonly [word: string, ...rest: string[]]> {
    const line = await this.#next();
    if (line === null) throw new HelperError("the second process ended before it had answered");
    const [word = "", ...rest] = line.split(" ");
    if (word === "error") throw readError(rest);
    if (!words.includes(word)) throw new HelperError(`the second process said "${line}"`);
    return [word, ...rest];
  }

  /** Asks it to finish. */
  finish(): void {
    this.#process.finish();
  }

  /** Ends it in the middle of what it does. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  async #next(): Promise<string | null> {
    try {
      const { done, value } = await this.#process.lines.next();
      return done ? null : value;
    } catch (cause) {
      throw new HelperError(messageOf(cause), { cause });
    }
  }
}

/** An error as a line that {@linkcode Helper.hear} throws again. */
export function errorLine(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return `error ${typeof code === "string" ? code : "-"} ${String(message).replaceAll("\n", " ")}`;
}

function readError([code, ...words]: readonly string[]): Error {
  const message = words.join(" ");
  return code === "-" ? new HelperError(message) : Object.assign(new Error(message), { code });
}
