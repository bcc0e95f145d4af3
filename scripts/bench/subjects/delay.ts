/**
 * How long a host's event loop is held up while it writes.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import type { SubjectOptions } from "../subject.ts";
import { writeBatches } from "./bare_loop.ts";
import { append } from "./papyra.ts";

const INTERVAL_MS = 1;
const IDLE_MS = 1000;
const QUANTILE = 0.99;

/** The 99th percentile of how much later than due a timer fires, milliseconds. */
export function delayWhileAppending(options: SubjectOptions): Promise<number> {
  return delayWhile(() => append(options));
}

/** The same beside a loop that blocks while it writes and syncs a batch, and then lets others go on. */
export function delayBesideBareBatches(options: SubjectOptions): Promise<number> {
  return delayWhile(() => writeBatches({ ...options, yields: true }));
}

/** The same while nothing is done. */
export function delayWhileIdle(): Promise<number> {
  return delayWhile(() => setTimeout(IDLE_MS));
}

async function delayWhile(work: () => Promise<unknown>): Promise<number> {
  const delays: number[] = [];
  const stop = new AbortController();
  const watching = watchTimers(delays, stop.signal);
  await work();
  stop.abort();
  await watching;
  delays.sort((one, other) => one - other);
  return delays[Math.floor(delays.length * QUANTILE)]!;
}

async function watchTimers(delays: number[], stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    const due = performance.now() + INTERVAL_MS;
    await setTimeout(INTERVAL_MS);
    delays.push(Math.max(0, performance.now() - due));
  }
}
