/**
 * What one process adds to a store's totals: counts to be added, and marks to be set.
 *
 * @module
 */

import { ANOMALY_SEVERITIES } from "../model/anomaly.ts";
import { placeOf } from "./series.ts";

/** What is added at once, or not at all. */
export interface MetricsShare {
  /** What is to be added, whole numbers by their names; what is left out is zero. */
  readonly counts: { readonly [series: string]: number };
  /** What is to be set, such as the time of the last scan, by their names; what is left out stays. */
  readonly marks: { readonly [mark: string]: number };
}

/** What a store keeps. */
export interface KeptTotals extends MetricsShare {
  /** Whether it can be read, and be added to. */
  readonly state: "kept" | "none" | "broken" | "newer";
  /** Why not, in words; null where there is nothing to explain. */
  readonly reason: string | null;
  /** Since when it counts, Unix seconds; null where nobody knows. */
  readonly since: number | null;
  /** How often it could not be read, and was begun anew. */
  readonly restarts: number;
}

/** Nothing to add. */
export const EMPTY_SHARE: MetricsShare = { counts: {}, marks: {} };

/** Where nothing was kept yet. */
export const NO_TOTALS: KeptTotals = {
  ...EMPTY_SHARE,
  state: "none",
  reason: null,
  since: null,
  restarts: 0,
};

/** The operations whose last run is marked. */
export const MARKED_RUNS = ["scan", "recovery", "compaction"] as const;

/** An operation whose last run is marked. */
export type MarkedRun = typeof MARKED_RUNS[number];

const MARKS: ReadonlySet<string> = new Set([
  ...MARKED_RUNS.flatMap((run) => [
    `${run}.at`,
    `${run}.duration_seconds`,
    `${run}.is_success`,
    `${run}.success_at`,
  ]),
  ...Object.keys(ANOMALY_SEVERITIES).map((code) => `scan.anomalies.${code}`),
]);

/**
 * The sum of what is kept and what comes: counts are added, later marks replace earlier ones, whatever
 * the clocks said that they were taken from.
 *
 * @example
 * ```ts
 * import { addShares, EMPTY_SHARE } from "@papyra/papyra";
 *
 * const one = { counts: { scans: 1 }, marks: {} };
 * console.log(addShares(addShares(EMPTY_SHARE, one), one).counts.scans); // 2
 * ```
 */
export function addShares(kept: MetricsShare, coming: MetricsShare): MetricsShare {
  const counts: { [series: string]: number } = { ...kept.counts };
  for (const [name, count] of Object.entries(coming.counts)) {
    counts[name] = (Object.hasOwn(counts, name) ? counts[name]! : 0) + count;
  }
  return { counts, marks: { ...kept.marks, ...coming.marks } };
}

/** Whether there is nothing to add. */
export function isEmptyShare({ counts, marks }: MetricsShare): boolean {
  return Object.keys(counts).length === 0 && Object.keys(marks).length === 0;
}

/** Reads a share from what somebody else may have written: what has no known name, or is no count, is left out. */
export function checkedShare(
  counts: Readonly<Record<string, unknown>>,
  marks: Readonly<Record<string, unknown>>,
): MetricsShare {
  return {
    counts: picked(counts, (name, value) => placeOf(name) !== undefined && isCount(value)),
    marks: picked(marks, (name, value) => MARKS.has(name) && Number.isFinite(value)),
  };
}

function picked(
  values: Readonly<Record<string, unknown>>,
  isWanted: (name: string, value: unknown) => boolean,
): { [name: string]: number } {
  const wanted = Object.entries(values).filter(([name, value]) => isWanted(name, value));
  return Object.fromEntries(wanted) as { [name: string]: number };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
