/**
 * Removes what retention has expired: the beginning of each stream is trimmed by id, and what expired
 * behind it is deleted by its ids. Damaged entries stay, and what consumer groups still need does.
 *
 * @module
 */

import type { CompactionOptions } from "../../../backend/backend.ts";
import { PapyraError, throwIfAborted } from "../../../errors.ts";
import { RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import type { CompactionCounts, CompactionReport } from "../../../model/report.ts";
import type { RetentionPolicy } from "../../../model/retention.ts";
import { type KindCompaction, planKind } from "./compaction_plan.ts";
import { removeExpired } from "./remove_expired.ts";
import { withLease } from "./maintenance_lease.ts";
import type { MaintenanceContext } from "./maintenance_context.ts";
import { findStreamCutoffs } from "../reading/stream_cutoffs.ts";
import { horizonsOf, streamsOf } from "../streams/stream_look.ts";
import type { StreamReceipts } from "./stream_receipts.ts";

const NOTHING: CompactionCounts = {
  beforeRecords: 0,
  afterRecords: 0,
  removedRecords: 0,
  removedBytes: 0,
  removedSeqs: null,
  removedTimestamps: null,
};

/** Compacts a store. */
export async function compactStreams(
  context: MaintenanceContext,
  receipts: StreamReceipts,
  retention: RetentionPolicy,
  options: CompactionOptions,
): Promise<CompactionReport> {
  const { servers, backend, now } = context;
  if (options.compress !== undefined) {
    const message = `Cannot compress ${servers.config.location}: ${backend} has no segments`;
    throw new PapyraError("UNSUPPORTED", message);
  }
  const startedAt = now();
  if (options.dryRun) {
    const plans = await planAll(context, retention, options, startedAt);
    return reportOf(context, plans, { dryRun: true, receipt: null, keptByTrim: 0, startedAt });
  }
  return await withLease(servers, options, async (lease) => {
    const plans = await planAll(context, retention, options, startedAt);
    throwIfAborted(options.signal);
    if (plans.every(({ removed }) => removed.records === 0)) {
      return reportOf(context, plans, { dryRun: false, receipt: null, keptByTrim: 0, startedAt });
    }
    const { force = false, trim = "exact" } = options;
    const begun = await receipts.begin("compact", startedAt, { retention, force, trim });
    let keptByTrim = 0;
    for (const plan of plans) {
      await lease.assertHeld();
      keptByTrim += await removeExpired(servers, plan, trim);
    }
    const report = reportOf(context, plans, {
      dryRun: false,
      receipt: begun.id,
      keptByTrim,
      startedAt,
    });
    const { byKind, removedRecords, reclaimedBytes, heldBack } = report;
    await receipts.end(begun, { removedRecords, reclaimedBytes, byKind, heldBack });
    return report;
  });
}

async function planAll(
  { servers }: MaintenanceContext,
  retention: RetentionPolicy,
  options: CompactionOptions,
  nowSeconds: number,
): Promise<KindCompaction[]> {
  const { signal, onProgress } = options;
  const streams = await streamsOf(servers, RECORD_KINDS);
  const horizons = horizonsOf(streams);
  const total = [...streams.values()].reduce((sum, { length }) => sum + length, 0);
  const kinds = new Set(horizons.keys());
  const question = { retention, nowSeconds, kinds, horizons, signal };
  const cutoffs = await findStreamCutoffs(servers, question);
  const plans: KindCompaction[] = [];
  let done = 0;
  const onEntries = (count: number) => onProgress?.(done = Math.min(total, done + count), total);
  for (const [kind, horizon] of horizons) {
    plans.push(await planKind(servers, { kind, horizon, cutoffs, nowSeconds, options, onEntries }));
  }
  onProgress?.(total, total);
  return plans;
}

function reportOf(
  { servers, backend, now }: MaintenanceContext,
  plans: readonly KindCompaction[],
  done: Pick<CompactionReport, "dryRun" | "receipt"> & { keptByTrim: number; startedAt: number },
): CompactionReport {
  const sum = (of: (plan: KindCompaction) => number) =>
    plans.reduce((total, plan) => total + of(plan), 0);
  const countsOf = (kind: RecordKind) => {
    const plan = plans.find((each) => each.kind === kind);
    return plan === undefined ? NOTHING : countsFrom(plan);
  };
  const beforeRecords = sum(({ before }) => before.records);
  const removedRecords = sum(({ removed }) => removed.records);
  const beforeBytes = sum(({ before }) => before.allBytes);
  const reclaimedBytes = sum(({ removed }) => removed.bytes);
  return {
    backend,
    store: servers.config.location,
    dryRun: done.dryRun,
    changed: done.receipt !== null,
    beforeRecords,
    afterRecords: beforeRecords - removedRecords,
    beforeBytes,
    afterBytes: beforeBytes - reclaimedBytes,
    removedRecords,
    reclaimedBytes,
    byKind: {
      event: countsOf("event"),
      audit: countsOf("audit"),
      dead_letter: countsOf("dead_letter"),
    },
    futureRecords: sum(({ before, removed }) => before.future - removed.future),
    damagedLines: sum(({ before }) => before.damaged),
    compression: null,
    heldBack: plans.flatMap(({ heldBack }) => heldBack === null ? [] : [heldBack]),
    keptByTrim: done.keptByTrim,
    receipt: done.receipt,
    durationSeconds: now() - done.startedAt,
  };
}

function countsFrom({ before, removed }: KindCompaction): CompactionCounts {
  return {
    beforeRecords: before.records,
    afterRecords: before.records - removed.records,
    removedRecords: removed.records,
    removedBytes: removed.bytes,
    removedSeqs: null,
    removedTimestamps: removed.timestamps,
  };
}
