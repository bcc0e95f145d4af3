/**
 * The gauges of all stores of a process. What would tell stores of one kind apart is where they are,
 * which is nothing to tell: they are joined.
 *
 * @module
 */

import { type Labels, metricFamilies } from "../metrics/families.ts";
import type { MetricsSnapshot } from "../metrics/snapshot.ts";

/** One value. */
export interface JoinedGauge {
  /** The name of its family. */
  readonly family: string;
  /** What tells it from the others, the backend included. */
  readonly labels: Labels;
  /** The value. */
  readonly value: number;
}

type Join = (one: number, other: number) => number;

// Of these the worst store speaks for all.
const SMALLEST = [
  "papyra_oldest_record_timestamp_seconds",
  "papyra_last_run_timestamp_seconds",
  "papyra_last_run_success",
  "papyra_last_success_timestamp_seconds",
  "papyra_metrics_kept",
  "papyra_disk_free_bytes",
];
const LARGEST = [
  "papyra_newest_record_timestamp_seconds",
  "papyra_last_run_duration_seconds",
  "papyra_metrics_since_timestamp_seconds",
  "papyra_snapshot_timestamp_seconds",
];

/** The gauges, those of stores with the same backend joined: counts and sizes are added up. */
export function joinedGauges(snapshots: readonly MetricsSnapshot[]): JoinedGauge[] {
  const joined = new Map<string, JoinedGauge>();
  for (const snapshot of snapshots) {
    const gauges = metricFamilies(snapshot).filter(({ type }) => type === "gauge");
    for (const { name: family, samples } of gauges) {
      for (const sample of samples) {
        const labels = { backend: snapshot.backend, ...sample.labels };
        const key = JSON.stringify([family, labels]);
        const value = sample.value as number;
        const other = joined.get(key)?.value;
        const sum = other === undefined ? value : joinOf(family)(other, value);
        joined.set(key, { family, labels, value: sum });
      }
    }
  }
  return [...joined.values()];
}

function joinOf(family: string): Join {
  if (SMALLEST.includes(family)) return Math.min;
  if (LARGEST.includes(family)) return Math.max;
  return (one, other) => one + other;
}
