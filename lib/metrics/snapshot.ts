/**
 * The counters of a store and the document that carries them.
 *
 * @module
 */

/** The counters: the original's ten, two that it only documented, and those of rotation. */
export const COUNTER_NAMES = [
  "records_written",
  "bytes_written",
  "records_read",
  "scans",
  "anomalies_detected",
  "recoveries",
  "compactions",
  "write_errors",
  "read_errors",
  "scan_errors",
  "recovery_errors",
  "compaction_errors",
  "rotations",
  "rotation_errors",
] as const;

/** The name of a counter. */
export type CounterName = typeof COUNTER_NAMES[number];

/** The value of every counter at one moment. */
export type MetricsSnapshot = { readonly [N in CounterName]: number };

/**
 * A snapshot of zeros.
 *
 * @example
 * ```ts
 * import { emptySnapshot } from "@papyra/papyra";
 *
 * console.log(emptySnapshot().records_written); // 0
 * ```
 */
export function emptySnapshot(): MetricsSnapshot {
  return Object.fromEntries(COUNTER_NAMES.map((name) => [name, 0])) as MetricsSnapshot;
}

/**
 * The sum of two snapshots, counter by counter.
 *
 * @example
 * ```ts
 * import { addSnapshots, emptySnapshot } from "@papyra/papyra";
 *
 * const one = { ...emptySnapshot(), scans: 1 };
 * console.log(addSnapshots(one, one).scans); // 2
 * ```
 */
export function addSnapshots(one: MetricsSnapshot, other: MetricsSnapshot): MetricsSnapshot {
  return Object.fromEntries(
    COUNTER_NAMES.map((name) => [name, one[name] + other[name]]),
  ) as MetricsSnapshot;
}
