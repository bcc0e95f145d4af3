/** The scheduler whose time passes for the code under test. */

import type { Scheduler } from "./_scheduler.ts";

let scheduler: Scheduler | null = null;

/** Lets the time of a scheduler pass from now on. */
export function useTimeOf(next: Scheduler): void {
  scheduler = next;
  performance.now = () => next.nowMs;
}

/** Calls back after a while; the function returned takes it back. */
export function after(delayMs: number, goOn: () => void): () => void {
  if (scheduler === null) throw new Error("a timer before the first run");
  return scheduler.after(delayMs, goOn);
}
