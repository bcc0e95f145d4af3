/**
 * Limits on how long something is waited for.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";

/** Waits for `work`; after so many milliseconds calls `onExpired` first, which is to make it end. */
export async function withDeadline<T>(
  work: Promise<T>,
  timeoutMs: number,
  onExpired: () => void,
): Promise<T> {
  const timer = setTimeout(onExpired, timeoutMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
