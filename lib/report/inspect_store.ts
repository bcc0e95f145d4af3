/**
 * What people look for first in a store: how much there is, from when to when, what retention leaves of it,
 * and what maintenance did last.
 *
 * @module
 */

import type { PersistenceBackend, ProgressOptions } from "../backend/backend.ts";
import { type OutlineQuery, outlinesOf } from "../backend/record_outline.ts";
import { PapyraError } from "../errors.ts";
import type { LastScan } from "../metrics/snapshot.ts";
import type { CompactionReport, CountByKind, StoreDescription } from "../model/report.ts";
import type { RetentionPolicy } from "../model/retention.ts";
import { operationSummary } from "./operation_tally.ts";
import { orRefusal } from "./or_refusal.ts";
import { planCompaction } from "./plan_compaction.ts";
import type { OperationSummary } from "./store_report.ts";

/** What was counted by reading all of a store. */
export interface StoreCounts {
  /** Records, by kind. */
  readonly records: CountByKind;
  /** Those that retention keeps, by kind. */
  readonly retainedRecords: CountByKind;
  /** Bytes that the next compaction would give back. */
  readonly reclaimableBytes: number;
}

/** The last changes that maintenance made. */
export interface LastChanges {
  /** By a recovery; null where there was none. */
  readonly recovery: OperationSummary | null;
  /** By a compaction; null where there was none. */
  readonly compaction: OperationSummary | null;
}

/** A store at a glance. */
export interface StoreInspection {
  /** What it is. */
  readonly description: StoreDescription;
  /** What it is asked to keep. */
  readonly retention: RetentionPolicy;
  /** What it holds; null where it is large and that was not asked for, or where nobody can. */
  readonly counts: StoreCounts | null;
  /** When its first record was made; null where there is none, or it has no time. */
  readonly oldestAt: number | null;
  /** When its last record was made; null where there is none, or it has no time. */
  readonly newestAt: number | null;
  /** What maintenance did last; null where its receipts cannot be read. */
  readonly lastChanges: LastChanges | null;
  /** The last scan by whichever process; null where there was none. */
  readonly lastScan: LastScan | null;
}

/** How to look at a store. */
export interface InspectionOptions extends ProgressOptions {
  /** Count also what takes long to read. @default {false} */
  readonly exact?: boolean;
}

// A second or two.
const COUNTED_BYTES_MAX = 256 * 1024 * 1024;

/** Looks at a store; where it is large, without reading all of it. */
export async function inspectStore(
  store: PersistenceBackend,
  options: InspectionOptions = {},
): Promise<StoreInspection> {
  const { exact = false, ...progress } = options;
  const call = options.signal ? { signal: options.signal } : {};
  const description = await store.describe({ ...call, withSegments: true, withFreeBytes: true });
  const isCounted = exact || description.bytes <= COUNTED_BYTES_MAX;
  const all = { ...call, retention: {} };
  const lastChanges = await orRefusal(() => readLastChanges(store, call));
  const metrics = await orRefusal(() => store.metrics.snapshot({ ...call, withGauges: false }));
  return {
    description,
    retention: store.retention,
    counts: isCounted ? countsIn(await planCompaction(store, progress)) : null,
    oldestAt: await timeOfFirst(store, all),
    newestAt: await timeOfFirst(store, { ...all, limit: 1 }),
    lastChanges: lastChanges instanceof PapyraError ? null : lastChanges,
    lastScan: metrics instanceof PapyraError ? null : metrics.last.scan,
  };
}

function countsIn(plan: CompactionReport | PapyraError): StoreCounts | null {
  if (plan instanceof PapyraError) return null;
  const { byKind, reclaimedBytes } = plan;
  const of = (name: "beforeRecords" | "afterRecords"): CountByKind => ({
    event: byKind.event[name],
    audit: byKind.audit[name],
    dead_letter: byKind.dead_letter[name],
  });
  return {
    records: of("beforeRecords"),
    retainedRecords: of("afterRecords"),
    reclaimableBytes: reclaimedBytes,
  };
}

async function timeOfFirst(store: PersistenceBackend, query: OutlineQuery): Promise<number | null> {
  for await (const records of outlinesOf(store, query)) {
    for (const { timestamp } of records) return timestamp;
  }
  return null;
}

const RECOVERIES = ["recover", "rebuild"];

async function readLastChanges(
  store: PersistenceBackend,
  call: { readonly signal?: AbortSignal },
): Promise<LastChanges> {
  let recovery: OperationSummary | null = null;
  let compaction: OperationSummary | null = null;
  for await (const receipt of store.history(call)) {
    if (receipt.outcome !== "done") continue;
    if (RECOVERIES.includes(receipt.operation)) recovery = operationSummary(receipt);
    if (receipt.operation === "compact") compaction = operationSummary(receipt);
  }
  return { recovery, compaction };
}
