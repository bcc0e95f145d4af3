/**
 * Stores to measure on.
 *
 * @module
 */

import { statSync } from "node:fs";
import { openStore } from "../../mod.ts";
import { sampleRecord } from "./_sample_record.ts";

const BATCH_RECORDS = 1000;

/** Writes a store of at least `sizeBytes` and returns how many records it holds. */
export async function makeSampleStore(path: string, sizeBytes: number): Promise<number> {
  await using store = await openStore({ url: `file:${path}`, durability: "os" });
  let count = 0;
  while (count === 0 || statSync(path).size < sizeBytes) {
    const batch = Array.from({ length: BATCH_RECORDS }, (_, index) => sampleRecord(count + index));
    await store.recordMany(batch);
    count += batch.length;
  }
  await store.flush();
  return count;
}
