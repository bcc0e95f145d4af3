/**
 * Waiting for no longer than somebody would.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";

/** What `promise` comes to; null where it takes longer. What is waited for goes on. */
export async function withinTime<T>(promise: Promise<T>, waitMs: number): Promise<T | null> {
  if (!Number.isFinite(waitMs)) return await promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), waitMs);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
    // Nobody may be left to hear how it ends.
    promise.catch(() => {});
  }
}
