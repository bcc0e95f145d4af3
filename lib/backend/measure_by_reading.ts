/**
 * How a store is, for backends that know no faster way to tell than reading all of it.
 *
 * @module
 */

import { RECORD_KINDS, type RecordKind, type StoredRecord } from "../model/record.ts";
import type { StoreDescription } from "../model/report.ts";
import type { MeasuredStore } from "./store_metrics.ts";

type Read = Pick<StoredRecord, "kind" | "timestamp">;

/** Counts what a backend reads. */
export async function measureByReading(
  { exists, bytes, freeBytes }: StoreDescription,
  batches: AsyncIterable<readonly Read[]> | Iterable<readonly Read[]>,
): Promise<MeasuredStore> {
  const records = { event: 0, audit: 0, dead_letter: 0 };
  const oldest = new Map<RecordKind, number>();
  const newest = new Map<RecordKind, number>();
  for await (const batch of batches) {
    for (const { kind, timestamp } of batch) {
      records[kind]++;
      if (timestamp === null) continue;
      oldest.set(kind, Math.min(oldest.get(kind) ?? Infinity, timestamp));
      newest.set(kind, Math.max(newest.get(kind) ?? -Infinity, timestamp));
    }
  }
  return {
    exists,
    records,
    bytes,
    oldest_at: byKind(oldest),
    newest_at: byKind(newest),
    segments: null,
    quarantine_bytes: 0,
    disk_free_bytes: freeBytes,
  };
}

function byKind(times: ReadonlyMap<RecordKind, number>): MeasuredStore["oldest_at"] {
  const found = RECORD_KINDS.map((kind) => [kind, times.get(kind) ?? null]);
  return Object.fromEntries(found);
}
