/**
 * Rates of loops that were warmed up.
 *
 * @module
 */

import { rmSync } from "node:fs";
import type { SubjectOptions } from "../subject.ts";

const WARM_UP_RECORDS_MAX = 200_000;

/**
 * Records a second of `write`, which takes a path and a number of records. What it writes at first,
 * while the runtime is still compiling, counts for nothing.
 */
export async function recordsPerSecond(
  { path, records = 1 }: SubjectOptions,
  write: (path: string, records: number) => Promise<number>,
): Promise<number> {
  const warmUp = `${path}.warm-up`;
  await write(warmUp, Math.min(records, WARM_UP_RECORDS_MAX));
  rmSync(warmUp, { recursive: true, force: true });
  const seconds = await write(path, records);
  return records / seconds;
}

/** How long `body` takes, seconds. */
export async function secondsOf(body: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await body();
  return (performance.now() - start) / 1000;
}
