/**
 * The time that a record takes, in stores of any size. What a process takes once is left out: the
 * store is open, the runtime has compiled what it runs, and what is short is run often.
 *
 * @module
 */

import { dirname } from "node:path";
import { openStore } from "../../../mod.ts";
import { makeEmpty } from "../_empty_directory.ts";
import { median } from "../_figures.ts";
import { sampleRecord } from "../_sample_record.ts";
import type { SubjectOptions } from "../subject.ts";
import { secondsOf } from "./_timed.ts";

const WARM_UP_SECONDS = 0.5;
const MEASURED_SECONDS = 0.25;
const WARM_UP_RECORDS_MAX = 100_000;
const NEWEST = 50;

/** Nanoseconds a record, appended by many callers and not synced, to a store alone in its directory. */
export async function append({ path, records = 1, callers = 1 }: SubjectOptions): Promise<number> {
  const small = Math.min(records, WARM_UP_RECORDS_MAX);
  await repeat(WARM_UP_SECONDS, () => fill(path, small, callers));
  return nanoseconds(await repeat(MEASURED_SECONDS, () => fill(path, records, callers)), records);
}

/** Nanoseconds a record of a scan. */
export async function scan({ path, warmUpPath = path, records = 1 }: SubjectOptions) {
  const scanOnce = async (path: string): Promise<number> => {
    await using store = await openStore(`file:${path}`);
    return await secondsOf(async () => {
      await store.scan();
    });
  };
  await repeat(WARM_UP_SECONDS, () => scanOnce(warmUpPath));
  return nanoseconds(await repeat(MEASURED_SECONDS, () => scanOnce(path)), records);
}

/** Nanoseconds for each of the newest records. */
export async function newest({ path }: SubjectOptions): Promise<number> {
  await using store = await openStore(`file:${path}`);
  const readNewest = () =>
    secondsOf(async () => {
      let count = 0;
      for await (const _ of store.events({ limit: NEWEST })) count += 1;
      if (count !== NEWEST) throw new Error(`Read ${count} records in place of ${NEWEST}`);
    });
  await repeat(WARM_UP_SECONDS, readNewest);
  return nanoseconds(await repeat(MEASURED_SECONDS, readNewest), NEWEST);
}

async function fill(path: string, records: number, callers: number): Promise<number> {
  makeEmpty(dirname(path));
  await using store = await openStore({ url: `file:${path}`, durability: "os" });
  // Whoever comes first makes the file, and what lies beside it.
  await store.recordMany([sampleRecord(0)]);
  await store.flush();
  let next = 0;
  const callAgainAndAgain = async (): Promise<void> => {
    while (next < records) await store.recordMany([sampleRecord(++next)]);
  };
  return await secondsOf(async () => {
    await Promise.all(Array.from({ length: callers }, callAgainAndAgain));
  });
}

// The median of what `body` returns, called until so many seconds have passed.
async function repeat(seconds: number, body: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  const end = performance.now() + seconds * 1000;
  do all.push(await body()); while (performance.now() < end);
  return median(all);
}

function nanoseconds(seconds: number, records: number): number {
  return seconds * 1e9 / records;
}
