/**
 * Waiting for what tells nobody when it happens, such as a lock to be let go of.
 *
 * @module
 */

import { setImmediate, setTimeout } from "node:timers/promises";
import { abortError } from "../errors.ts";

/** How long to wait. */
export interface PollOptions {
  /** Gives up after so many milliseconds. @default {Infinity} */
  readonly timeoutMs?: number;
  /** Gives up with ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

const IMMEDIATE_ATTEMPTS = 3;
const DELAY_MS_MAX = 5;

/** Asks again and again, without blocking; false once the time is over. */
export async function pollUntil(
  isDone: () => boolean | Promise<boolean>,
  options: PollOptions = {},
): Promise<boolean> {
  const deadline = performance.now() + (options.timeoutMs ?? Infinity);
  for (let attempt = 0;; attempt++) {
    if (options.signal?.aborted) throw abortError(options.signal);
    if (await isDone()) return true;
    if (performance.now() >= deadline) return false;
    if (attempt < IMMEDIATE_ATTEMPTS) await setImmediate();
    // Uneven delays keep several who wait from always asking at the same moment.
    else {await setTimeout(
        1 + Math.random() * Math.min(attempt - IMMEDIATE_ATTEMPTS, DELAY_MS_MAX - 1),
      );}
  }
}
