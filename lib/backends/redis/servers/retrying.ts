/**
 * Trying again, with pauses that grow.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { abortError, PapyraError } from "../../../errors.ts";

/** How long to try. */
export interface RetryLimits {
  /** Begins no further attempt after so many milliseconds. */
  readonly timeoutMs: number;
  /** Stops between attempts. */
  readonly signal?: AbortSignal | undefined;
}

const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 1000;

/** Runs `attempt` until it succeeds, fails for good, or time is up; throws what it failed with last. */
export async function retrying<T>(
  attempt: () => Promise<T>,
  isWorthRetrying: (error: unknown) => boolean,
  { timeoutMs, signal }: RetryLimits,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (let pauseMs = PAUSE_MS_MIN;; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
    try {
      return await attempt();
    } catch (error) {
      const isFinal = error instanceof PapyraError || !isWorthRetrying(error);
      if (isFinal || performance.now() + pauseMs > end) throw error;
    }
    await pause(pauseMs, signal);
  }
}

// Uneven pauses keep many clients from all coming back at the same moment.
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw abortError(signal);
  const uneven = milliseconds * (0.75 + Math.random() / 2);
  await setTimeout(uneven, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  if (signal?.aborted) throw abortError(signal);
}
