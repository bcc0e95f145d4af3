/**
 * Doing the same again and again, until the command is stopped.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { abortError, messageOf } from "../errors.ts";
import type { Session } from "./session.ts";

// What a timer can be set to.
const PAUSE_MS_MAX = 2 ** 31 - 1;

/**
 * Runs `body` every so many milliseconds. That it fails, once or for hours, is told once each time that it
 * begins to, and does not end it: the folder or the server may come back. Throws ABORTED.
 */
export async function exportAgainAndAgain(
  body: () => Promise<void>,
  everyMs: number,
  { signal, notes }: Session,
): Promise<never> {
  let told = "";
  for (;;) {
    await pause(everyMs, signal);
    try {
      await body();
      if (told !== "") await notes.note("the metrics are written again");
      told = "";
    } catch (error) {
      if (signal.aborted) throw abortError(signal);
      const message = messageOf(error);
      if (message !== told) await notes.error(message);
      told = message;
    }
  }
}

async function pause(everyMs: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(Math.min(everyMs, PAUSE_MS_MAX), undefined, { signal });
  } catch {
    throw abortError(signal);
  }
}
