/**
 * Stores to measure on.
 *
 * @module
 */

import { statSync } from "node:fs";
import { openStore, type RecordInput } from "../../mod.ts";

const BATCH_RECORDS = 1000;
/** When the first record of a sample store was made. */
export const FIRST_TIMESTAMP = 1_700_000_000;
/** How many records each second of a sample store has. */
export const RECORDS_PER_SECOND = 100;

/** A record such as actor systems produce: mostly events, now and then the others. */
export function sampleRecord(index: number): RecordInput {
  const timestamp = FIRST_TIMESTAMP + index / RECORDS_PER_SECOND;
  if (index % 50 === 0) {
    return { kind: "audit", timestamp, totalActors: index % 100, aliveActors: index % 90 };
  }
  if (index % 20 === 1) {
    const payload = { order: index, reason: "no such actor", attempts: [1, 2, 3] };
    return {
      kind: "dead_letter",
      timestamp,
      target: `local://${index % 97}`,
      messageType: "Ship",
      payload,
    };
  }
  const payload = { order: index, customer: `customer ${index % 1009}`, note: "Grüße, 你好" };
  return {
    kind: "event",
    timestamp,
    actorAddress: `local://${index % 97}`,
    eventType: "OrderPlaced",
    payload,
  };
}

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
