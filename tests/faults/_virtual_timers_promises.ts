/** Stands in for `node:timers/promises` where time is simulated. */

import { after } from "./_virtual_time.ts";

export function setTimeout(delayMs: number): Promise<void> {
  return new Promise((resolve) => void after(delayMs, resolve));
}

export function setImmediate(): Promise<void> {
  return setTimeout(0);
}
