/**
 * Making the report on a store.
 *
 * @module
 */

import type { CallOptions, PersistenceBackend, ProgressOptions } from "../backend/backend.ts";
import { outlinesOf } from "../backend/record_outline.ts";
import { PapyraError } from "../errors.ts";
import { totalOf } from "../model/count_by_kind.ts";
import type { CompactionReport, CountByKind, ScanReport } from "../model/report.ts";
import { anomalyReport } from "./anomaly_places.ts";
import { forecastDisk } from "./disk_forecast.ts";
import { OperationTally } from "./operation_tally.ts";
import { planCompaction } from "./plan_compaction.ts";
import { RecordTally } from "./record_tally.ts";
import type { SizeReport, StoreReport } from "./store_report.ts";
import { verdictOn } from "./verdict.ts";

/** How to make a report. */
export interface ReportOptions extends ProgressOptions {
  /** How many types are named before the rest is summed up. @default {10} */
  readonly topTypes?: number;
  /** Pass over sealed segments that an earlier scan found in order and that are unchanged. @default {false} */
  readonly sinceLast?: boolean;
  /** A scan that was just made; without it, one is made. */
  readonly scan?: ScanReport;
  /** The clock, in Unix seconds. @default {the system's} */
  readonly clock?: () => number;
}

const TOP_TYPES = 10;

/**
 * Looks at everything that there is to say of a store: its state, growth, types, size, damage,
 * maintenance and disk. It is read as often as that takes, in constant memory; nothing is changed.
 *
 * Throws what a scan of the store throws.
 *
 * @example
 * ```ts
 * import { createReport, openStore } from "@papyra/papyra";
 *
 * await using store = await openStore("memory:");
 * await store.recordEvent({ eventType: "ActorStarted" });
 * const report = await createReport(store);
 * console.log(report.verdict.state, report.records.event); // healthy 1
 * ```
 */
export async function createReport(
  store: PersistenceBackend,
  options: ReportOptions = {},
): Promise<StoreReport> {
  const { clock = () => Date.now() / 1000, topTypes = TOP_TYPES } = options;
  const call = options.signal ? { signal: options.signal } : {};
  const progress = options.onProgress ? { onProgress: options.onProgress } : {};
  const now = clock();
  const start = performance.now();
  const description = await store.describe({ ...call, withSegments: true, withFreeBytes: true });
  const { sinceLast = false } = options;
  const scan = options.scan ?? await store.scan({ ...call, ...progress, sinceLast });
  const tally = new RecordTally(now);
  // Also what retention hides is there, takes room, and came at some time.
  for await (const records of outlinesOf(store, { ...call, retention: {} })) {
    for (const record of records) tally.add(record);
  }
  const pace = tally.pace.pace();
  const operations = new OperationTally(pace.windowFrom);
  for await (const receipt of store.history(call)) operations.add(receipt);
  const anomalies = anomalyReport(scan);
  const { freeBytes, bytes } = description;
  const records = totalOf(scan.records);
  const { olderBytesRemoved } = operations;
  const disk = forecastDisk({ now, freeBytes, bytes, records, pace, olderBytesRemoved });
  return {
    createdAt: now,
    durationSeconds: (performance.now() - start) / 1000,
    description,
    retention: store.retention,
    verdict: verdictOn(scan, anomalies, disk, now),
    records: scan.records,
    timestamps: scan.timestamps,
    growth: tally.growth.growth(),
    eventTypes: tally.eventTypes.counts(topTypes),
    messageTypes: tally.messageTypes.counts(topTypes),
    size: await sizeOf(store, scan, call),
    anomalies,
    operations: operations.operations,
    disk,
  };
}

async function sizeOf(
  store: PersistenceBackend,
  { damagedBytes, bytes }: ScanReport,
  call: CallOptions,
): Promise<SizeReport> {
  const plan = await planCompaction(store, call);
  if (plan instanceof PapyraError) {
    return {
      physicalBytes: bytes,
      retainedBytes: null,
      reclaimableBytes: null,
      expiredRecords: null,
      damagedBytes,
      unknownBecause: plan.message,
    };
  }
  return {
    physicalBytes: plan.beforeBytes,
    retainedBytes: plan.afterBytes,
    reclaimableBytes: plan.reclaimedBytes,
    expiredRecords: expiredIn(plan),
    damagedBytes,
    unknownBecause: "",
  };
}

function expiredIn({ byKind }: CompactionReport): CountByKind {
  return {
    event: byKind.event.removedRecords,
    audit: byKind.audit.removedRecords,
    dead_letter: byKind.dead_letter.removedRecords,
  };
}
