/** Stands in for `node:timers/promises` where time is simulated. */

import { after } from "./_virtual_time.ts";

// Only who follows a store waits with a signal, and pauses for longer than most runs take.
const HASTE = 1 / 50;

export function setTimeout(
  delayMs: number,
  _value?: undefined,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = (): void => {
      takeBack();
      reject(signal!.reason);
    };
    const takeBack = after(signal === undefined ? delayMs : delayMs * HASTE, () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    });
    signal?.addEventListener("abort", stop, { once: true });
  });
}

export function setImmediate(): Promise<void> {
  return setTimeout(0);
}
