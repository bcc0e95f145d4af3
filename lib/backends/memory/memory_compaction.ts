/**
 * Compaction in memory: what retention leaves, and the report of it.
 *
 * @module
 */

import { RECORD_KINDS, type RecordKind } from "../../model/record.ts";
import type { CompactionCounts, CompactionReport } from "../../model/report.ts";
import type { RetentionPolicy } from "../../model/retention.ts";
import { keptNewestFirst, type MemoryEntry } from "./memory_entry.ts";
import { MemoryTally } from "./memory_tally.ts";

/** What a compaction leaves and what it has to tell. */
export interface MemoryCompaction {
  /** The entries that stay, oldest first. */
  readonly kept: readonly MemoryEntry[];
  /** The figures of the report. */
  readonly figures: Pick<
    CompactionReport,
    | "beforeRecords"
    | "afterRecords"
    | "beforeBytes"
    | "afterBytes"
    | "removedRecords"
    | "reclaimedBytes"
    | "byKind"
    | "futureRecords"
  >;
}

/** Works out what `retention` leaves of `entries` at the moment `nowSeconds`. */
export function planCompaction(
  entries: readonly MemoryEntry[],
  retention: RetentionPolicy,
  nowSeconds: number,
): MemoryCompaction {
  const query = { kinds: new Set(RECORD_KINDS), retention, nowSeconds };
  const kept = Array.from(keptNewestFirst(entries, entries.length, query)).reverse();
  const before = bytesOf(entries);
  const after = bytesOf(kept);
  return {
    kept,
    figures: {
      beforeRecords: entries.length,
      afterRecords: kept.length,
      beforeBytes: before,
      afterBytes: after,
      removedRecords: entries.length - kept.length,
      reclaimedBytes: before - after,
      byKind: countByKind(entries, kept),
      futureRecords:
        kept.filter(({ timestamp }) => timestamp !== null && timestamp > nowSeconds).length,
    },
  };
}

function countByKind(
  entries: readonly MemoryEntry[],
  kept: readonly MemoryEntry[],
): CompactionReport["byKind"] {
  const keptSeqs = new Set(kept.map((entry) => entry.seq));
  const count = (kind: RecordKind): CompactionCounts => {
    const removed = new MemoryTally();
    let before = 0;
    for (const entry of entries) {
      if (entry.kind !== kind) continue;
      before++;
      if (!keptSeqs.has(entry.seq)) removed.add(entry);
    }
    return {
      beforeRecords: before,
      afterRecords: before - removed.records,
      removedRecords: removed.records,
      removedBytes: removed.bytes,
      removedSeqs: removed.seqs,
      removedTimestamps: removed.timestamps,
    };
  };
  return { event: count("event"), audit: count("audit"), dead_letter: count("dead_letter") };
}

function bytesOf(entries: readonly MemoryEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.bytes, 0);
}
