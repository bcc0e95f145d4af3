/**
 * Medians, spreads and ratios of what was measured.
 *
 * @module
 */

import { type Goal, PEAK_BYTES_MAX, type Workload } from "./_workload.ts";

/** What a variant gave, a value a round. */
export interface Series {
  readonly name: string;
  readonly isPapyra?: boolean;
  readonly values: readonly number[];
  readonly peaks: readonly number[];
}

/** What came out of a variant. */
export interface VariantFigures {
  /** Its name. */
  readonly name: string;
  /** The value of each round. */
  readonly values: readonly number[];
  /** Their median. */
  readonly median: number;
  /** Half of the way from the least to the largest, as a share of the median. */
  readonly spread: number;
  /** The median of the ratios to the first variant, each formed within a round. */
  readonly ratio: number;
  /** The most memory in any round, bytes; null where nobody watched. */
  readonly peakBytes: number | null;
}

/** A goal, and what was reached. */
export interface Verdict extends Goal {
  /** The median value, the median of the ratios, or the most memory in bytes. */
  readonly reached: number;
  /** Whether that is enough. */
  readonly isReached: boolean;
}

/** What came out of a workload. */
export interface Figures {
  readonly name: string;
  readonly unit: string;
  readonly about: string;
  readonly variants: readonly VariantFigures[];
  readonly goals: readonly Verdict[];
}

/** Sums up what was measured of a workload. */
export function describe(
  { name, unit, about, goals }: Workload,
  series: readonly Series[],
): Figures {
  const variants = series.map(({ name, values, peaks }) => ({
    name,
    values,
    median: median(values),
    spread: (Math.max(...values) - Math.min(...values)) / 2 / median(values),
    ratio: medianRatio(values, series[0]!.values),
    peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
  }));
  const all = [...goals, ...peakGoals(series)];
  return { name, unit, about, variants, goals: all.map((goal) => judge(goal, series)) };
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

// Asked of the one that took the most: the others are within it then.
function peakGoals(series: readonly Series[]): readonly Goal[] {
  const watched = series.filter(({ isPapyra, peaks }) => isPapyra === true && peaks.length > 0);
  const [largest] = watched.sort((a, b) => Math.max(...b.peaks) - Math.max(...a.peaks));
  if (largest === undefined) return [];
  return [{ of: largest.name, figure: "peak", atMost: PEAK_BYTES_MAX }];
}

function judge(goal: Goal, series: readonly Series[]): Verdict {
  const reached = reachedOf(goal, series);
  const { atLeast = -Infinity, atMost = Infinity } = goal;
  return { ...goal, reached, isReached: reached >= atLeast && reached <= atMost };
}

function reachedOf({ of, figure, against }: Goal, series: readonly Series[]): number {
  const { values, peaks } = seriesOf(series, of);
  if (figure === "peak") return Math.max(...peaks);
  if (against === undefined) return median(values);
  return medianRatio(values, seriesOf(series, against).values);
}

function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, round) => value / others[round]!));
}

function seriesOf(series: readonly Series[], name: string): Series {
  const found = series.find((each) => each.name === name);
  if (found === undefined) throw new Error(`A goal names "${name}", which is no variant`);
  return found;
}
