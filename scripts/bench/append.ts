/**
 * Durable appends, with more and fewer of them in flight, beside a bare loop that writes and syncs
 * one record after the other.
 *
 * @module
 */

import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openStore, type PersistenceBackend } from "../../mod.ts";
import { sampleRecord } from "./_sample_store.ts";
import type { BenchContext, Variant, Workload } from "./_workload.ts";

const IN_FLIGHT = [1, 64, 1000];
const BARE_RECORDS = 1000;
const RECORDS_OF_ONE_AT_A_TIME = 1000;
const RECORDS = 100_000;

/** Records a second, each acknowledged after the sync that covers it. */
export const append: Workload = {
  name: "durable append",
  unit: "records",
  variants: (context) => [
    { name: "bare write + fdatasync", run: () => bareLoop(join(context.directory, "bare")) },
    ...IN_FLIGHT.map((inFlight) => variantOf(context, inFlight)),
  ],
};

function bareLoop(path: string): number {
  const line = new TextEncoder().encode(`${JSON.stringify(sampleRecord(2))}\n`);
  const file = openSync(path, "w");
  for (let count = 0; count < BARE_RECORDS; count++) {
    writeSync(file, line);
    fdatasyncSync(file);
  }
  closeSync(file);
  return BARE_RECORDS;
}

function variantOf({ directory }: BenchContext, inFlight: number): Variant {
  const path = join(directory, `append-${inFlight}.ndjson`);
  return {
    name: `papyra, ${inFlight} in flight`,
    prepare: () => rmSync(path, { force: true }),
    run: async () => {
      await using store = await openStore(`file:${path}`);
      const count = inFlight === 1 ? RECORDS_OF_ONE_AT_A_TIME : RECORDS;
      const each = Math.ceil(count / inFlight);
      await Promise.all(Array.from({ length: inFlight }, () => oneAfterTheOther(store, each)));
      return each * inFlight;
    },
  };
}

async function oneAfterTheOther(store: PersistenceBackend, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await store.recordMany([sampleRecord(index)]);
}
