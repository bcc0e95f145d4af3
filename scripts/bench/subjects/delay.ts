/**
 * How long a host's event loop is held up while it writes.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import type { SubjectOptions } from "../subject.ts";
import { append } from "./papyra.ts";

const INTERVAL_MS = 1;
const QUANTILE = 0.99;

/** The 99th percentile of how much later than due a timer fires, milliseconds. */
export async function delayWhileAppending(options: SubjectOptions): Promise<number> {
  const delays: number[] = [];
  const stop = new AbortController();
  const watching = watchTimers(delays, stop.signal);
  await append(options);
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
