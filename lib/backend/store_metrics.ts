/**
 * The metrics of a store, as its callers get them.
 *
 * @module
 */

import { makeSnapshot } from "../metrics/make_snapshot.ts";
import { droppedPlace, skippedPlace } from "../metrics/series.ts";
import type { MetricsSnapshot, QueueGauges, StoreGauges } from "../metrics/snapshot.ts";
import { RECORD_KINDS } from "../model/record.ts";
import type { CompactionReport } from "../model/report.ts";
import { isUnlimited } from "../model/retention.ts";
import type { CallOptions, PersistenceBackend, SnapshotOptions, StoreMetrics } from "./backend.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { MetricsKeeper } from "./metrics_keeper.ts";

/** What a backend measures of its store. */
export type MeasuredStore = Omit<StoreGauges, "retained" | "queue">;

/** How a store is looked at. */
export interface StoreLooks {
  /** The clock, in Unix seconds. */
  now(): number;
  /** How the store is. */
  measure(signal: AbortSignal | undefined): Promise<MeasuredStore>;
  /** What waits to be written. */
  queue(): QueueGauges;
  /** What a compaction would do. */
  planCompaction(options: CallOptions): Promise<CompactionReport>;
}

type Store = Pick<PersistenceBackend, "name" | "location" | "retention">;

/** Puts the metrics of a store together. */
export function storeMetrics(
  store: Store,
  keeper: MetricsKeeper,
  life: Lifecycle,
  looks: StoreLooks,
): StoreMetrics {
  const snapshot = async (options: SnapshotOptions): Promise<MetricsSnapshot> => {
    const current = await keeper.current();
    const gauges = await gaugesOf(store, looks, options);
    const { name: backend, location } = store;
    return makeSnapshot({ store: location, backend, takenAt: looks.now(), ...current, gauges });
  };
  return {
    snapshot: (options = {}) => life.run(() => snapshot(options), options.signal),
    reset: () => life.run(() => keeper.reset()),
    countDropped: (kind, reason) => keeper.add(droppedPlace(kind, reason)),
    countSkipped: (reason) => keeper.add(skippedPlace(reason)),
  };
}

async function gaugesOf(
  store: Store,
  looks: StoreLooks,
  { withGauges = true, withRetained = false, signal }: SnapshotOptions,
): Promise<StoreGauges | null> {
  if (!withGauges && !withRetained) return null;
  const measured = await looks.measure(signal);
  const options = signal === undefined ? {} : { signal };
  const retained = withRetained ? await retainedOf(store, measured, looks, options) : null;
  return { ...measured, retained, queue: looks.queue() };
}

async function retainedOf(
  { retention }: Store,
  { records, bytes }: MeasuredStore,
  looks: StoreLooks,
  options: CallOptions,
): Promise<StoreGauges["retained"]> {
  if (isUnlimited(retention)) return { records, bytes };
  const plan = await looks.planCompaction(options);
  const kept = RECORD_KINDS.map((kind) => [kind, plan.byKind[kind].afterRecords]);
  return { records: Object.fromEntries(kept), bytes: plan.afterBytes };
}
