/**
 * Makes a store to measure on.
 *
 * @module
 */

import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { openStore } from "../../mod.ts";
import { sampleRecord } from "./_sample_record.ts";

const BATCH_RECORDS = 1000;

/** How large a store has to be at least. */
export interface SampleSize {
  readonly bytes?: number;
  readonly records?: number;
  /** Where a segment ends. @default {never} */
  readonly segmentBytes?: number;
}

/** Writes a store and returns how many records it holds. */
export async function makeSampleStore(
  path: string,
  { bytes = 0, records = 1, segmentBytes }: SampleSize,
): Promise<number> {
  const rotation = segmentBytes === undefined ? {} : { rotation: { maxBytes: segmentBytes } };
  await using store = await openStore({ url: `file:${path}`, durability: "os", ...rotation });
  let count = 0;
  while (count < records || bytesOfStore(path) < bytes) {
    const length = Math.min(BATCH_RECORDS, bytes > 0 ? BATCH_RECORDS : records - count);
    const first = count;
    await store.recordMany(Array.from({ length }, (_, index) => sampleRecord(first + index)));
    count += length;
  }
  await store.flush();
  return count;
}

/** The size of a store, all its files together. */
export function bytesOfStore(path: string): number {
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(basename(path)))
    .reduce((bytes, name) => bytes + statSync(join(dirname(path), name)).size, 0);
}
