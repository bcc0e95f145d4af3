/**
 * What can stop a command before its end: a signal, or its time limit.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import { formatDuration } from "../model/units.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit_codes.ts";
import type { StopSignal, Terminal } from "./terminal.ts";

// What a timer can be set to.
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** Stops a command by its AbortSignal; the command itself ends with the store as it was. */
export class Interruption {
  readonly #controller = new AbortController();
  #stoppedBy: StopSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(terminal: Terminal) {
    terminal.onStop((signal) => {
      this.#stoppedBy ??= signal;
      this.#controller.abort(new PapyraError("ABORTED", `Stopped by ${signal}`));
    });
  }

  /** Fires when the command is to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the command once so much time has passed. */
  limit(timeoutMs: number): void {
    const stop = () =>
      this.#controller.abort(
        new PapyraError(
          "TIMED_OUT",
          `Stopped: the time limit of ${formatDuration(timeoutMs / 1000)} passed, see --timeout`,
        ),
      );
    this.#timer = setTimeout(stop, Math.min(timeoutMs, TIMEOUT_MS_MAX));
  }

  /** Lifts the time limit. */
  lift(): void {
    clearTimeout(this.#timer);
  }

  /** The exit code for whatever a command threw. */
  exitCodeOf(error: unknown): ExitCode {
    const isStopped = error instanceof PapyraError && error.code === "ABORTED";
    if (isStopped && this.#stoppedBy === "SIGTERM") return EXIT.TERMINATED;
    return exitCodeOf(error);
  }
}
