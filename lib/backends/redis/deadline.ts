/**
 * Limits on how long something is waited for.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";
import { abortError } from "../../errors.ts";

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

/** Waits for `work`, or throws ABORTED once the signal fires; the work goes on. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
