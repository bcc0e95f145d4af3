/**
 * The buckets of the histograms. They never change: what many processes and versions counted is added up.
 *
 * @module
 */

import type { HistogramName } from "./snapshot.ts";

const OF_CALLS = [
  ...[0.000_05, 0.000_1, 0.000_25, 0.000_5],
  ...[0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
  ...[1, 2.5, 5, 10],
];
const OF_RUNS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600];
const OF_BATCHES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000];

/** The upper bounds of each histogram's buckets, themselves included. */
export const HISTOGRAM_BOUNDS: { readonly [N in HistogramName]: readonly number[] } = {
  write_seconds: OF_CALLS,
  sync_seconds: OF_CALLS,
  scan_seconds: OF_RUNS,
  compaction_seconds: OF_RUNS,
  recovery_seconds: OF_RUNS,
  batch_records: OF_BATCHES,
};

/** What sums are kept in, so that adding them up rounds nothing: microseconds, and whole records. */
export const SUM_SCALES: { readonly [N in HistogramName]: number } = {
  write_seconds: 1e6,
  sync_seconds: 1e6,
  scan_seconds: 1e6,
  compaction_seconds: 1e6,
  recovery_seconds: 1e6,
  batch_records: 1,
};

/** The bucket of a value. */
export function bucketOf(bounds: readonly number[], value: number): number {
  let bucket = 0;
  while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
  return bucket;
}
