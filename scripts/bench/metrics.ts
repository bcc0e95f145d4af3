/**
 * What counting costs: the same appends, with and without it.
 *
 * @module
 */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { openStore, type PersistenceBackend } from "../../mod.ts";
import { sampleRecord } from "./_sample_store.ts";
import type { BenchContext, Variant, Workload } from "./_workload.ts";

const IN_FLIGHT = 1000;
const RECORDS = 300_000;
const BATCH_RECORDS = 1000;

/** Records a second, buffered, so that nothing is as slow as a disk. */
export const metrics: Workload = {
  name: "append, counted and not",
  unit: "records",
  variants: (context) => [
    variantOf(context, "one a call, metrics off", false, oneEach),
    variantOf(context, "one a call, metrics on", true, oneEach),
    variantOf(context, `${BATCH_RECORDS} a call, metrics off`, false, batches),
    variantOf(context, `${BATCH_RECORDS} a call, metrics on`, true, batches),
  ],
};

function variantOf(
  { directory }: BenchContext,
  name: string,
  countsMetrics: boolean,
  write: (store: PersistenceBackend) => Promise<void>,
): Variant {
  const path = join(directory, "counted.ndjson");
  return {
    name,
    prepare: () => rmSync(path, { force: true }),
    run: async () => {
      await using store = await openStore({ url: `file:${path}`, durability: "os", countsMetrics });
      await write(store);
      return RECORDS;
    },
  };
}

async function oneEach(store: PersistenceBackend): Promise<void> {
  const each = RECORDS / IN_FLIGHT;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    for (let index = 0; index < each; index++) await store.recordMany([sampleRecord(index)]);
  }));
}

async function batches(store: PersistenceBackend): Promise<void> {
  for (let from = 0; from < RECORDS; from += BATCH_RECORDS) {
    await store.recordMany(
      Array.from({ length: BATCH_RECORDS }, (_, index) => sampleRecord(from + index)),
    );
  }
}
