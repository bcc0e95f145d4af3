/**
 * Makes the snapshot of a store from what is kept of it.
 *
 * @module
 */

import { ANOMALY_SEVERITIES } from "../model/anomaly.ts";
import { RECORD_KINDS } from "../model/record.ts";
import { HISTOGRAM_BOUNDS, SUM_SCALES } from "./histogram_bounds.ts";
import { REMOVED_KINDS, SERIES_NAMES } from "./series.ts";
import { checkedShare, type KeptTotals, type MarkedRun, type MetricsShare } from "./share.ts";
import {
  COUNTER_NAMES,
  type CounterBreakdown,
  type CounterValues,
  DROP_REASONS,
  type Histogram,
  HISTOGRAM_NAMES,
  type HistogramName,
  type LastRun,
  type LastScan,
  METRICS_SCHEMA,
  type MetricsSnapshot,
  REMOVAL_REASONS,
  SKIP_REASONS,
  type StoreGauges,
} from "./snapshot.ts";

/** What a snapshot is made from. */
export interface SnapshotParts {
  /** Where the store is. */
  readonly store: string;
  /** Name of the backend's class. */
  readonly backend: string;
  /** When it is taken, Unix seconds. */
  readonly takenAt: number;
  /** What is kept, this process's share included. */
  readonly totals: KeptTotals;
  /** Why this process cannot add its share; null where it can. */
  readonly unsavedReason: string | null;
  /** How the store is; null where that was not asked for. */
  readonly gauges: StoreGauges | null;
}

/** Makes the snapshot. */
export function makeSnapshot(parts: SnapshotParts): MetricsSnapshot {
  const { store, backend, takenAt, totals, unsavedReason, gauges } = parts;
  const { counts, marks } = checkedShare(totals.counts, totals.marks);
  const count = (name: string): number => Object.hasOwn(counts, name) ? counts[name]! : 0;
  const { since, restarts } = totals;
  const isUnsaved = unsavedReason !== null && totals.state !== "newer";
  return {
    schema: METRICS_SCHEMA,
    store,
    ...counterValues(count),
    backend,
    taken_at: takenAt,
    totals: {
      state: isUnsaved ? "unsaved" : totals.state,
      reason: isUnsaved ? unsavedReason : totals.reason,
      since,
      restarts,
    },
    breakdown: breakdownOf(count),
    histograms: histogramsOf(count),
    last: {
      scan: lastScan(marks),
      recovery: lastRun(marks, "recovery"),
      compaction: lastRun(marks, "compaction"),
    },
    gauges,
  };
}

type Count = (series: string) => number;

// A counter is what was counted of it as a whole, and the sum of its parts.
function counterValues(count: Count): CounterValues {
  const values = COUNTER_NAMES.map((name) => {
    const own = SERIES_NAMES.filter((each) => each === name || each.startsWith(`${name}.`));
    return [name, own.reduce((sum, each) => sum + count(each), 0)];
  });
  return Object.fromEntries(values);
}

function breakdownOf(count: Count): CounterBreakdown {
  const byName = (names: readonly string[], prefix: string) =>
    Object.fromEntries(names.map((name) => [name, count(`${prefix}.${name}`)]));
  const byTwo = (names: readonly string[], inner: readonly string[], prefix: string) =>
    Object.fromEntries(names.map((name) => [name, byName(inner, `${prefix}.${name}`)]));
  return {
    records_written: byName(RECORD_KINDS, "records_written"),
    records_read: byName(RECORD_KINDS, "records_read"),
    records_skipped: byName(SKIP_REASONS, "records_skipped"),
    records_dropped: byTwo(RECORD_KINDS, DROP_REASONS, "records_dropped"),
    records_removed: byTwo(REMOVED_KINDS, REMOVAL_REASONS, "records_removed"),
  } as CounterBreakdown;
}

function histogramsOf(count: Count): MetricsSnapshot["histograms"] {
  const all = HISTOGRAM_NAMES.map((name) => [name, histogramOf(count, name)]);
  return Object.fromEntries(all);
}

function histogramOf(count: Count, name: HistogramName): Histogram {
  const bounds = HISTOGRAM_BOUNDS[name];
  const counts = [...bounds, Infinity].map((_, bucket) => count(`${name}.${bucket}`));
  return {
    bounds,
    counts,
    count: counts.reduce((sum, each) => sum + each, 0),
    sum: count(`${name}.sum`) / SUM_SCALES[name],
  };
}

function lastRun(marks: MetricsShare["marks"], run: MarkedRun): LastRun | null {
  const at = marks[`${run}.at`];
  if (at === undefined) return null;
  return {
    at,
    duration_seconds: marks[`${run}.duration_seconds`] ?? 0,
    is_success: marks[`${run}.is_success`] === 1,
    success_at: marks[`${run}.success_at`] ?? null,
  };
}

function lastScan(marks: MetricsShare["marks"]): LastScan | null {
  const run = lastRun(marks, "scan");
  if (run === null) return null;
  const found = Object.keys(ANOMALY_SEVERITIES).flatMap((code) => {
    const count = marks[`scan.anomalies.${code}`] ?? 0;
    return count > 0 ? [[code, count]] : [];
  });
  return { ...run, anomaly_counts: Object.fromEntries(found) };
}
