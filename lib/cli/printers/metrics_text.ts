/**
 * The metrics of a store, as text: the counters by the original's names, then everything else there is.
 *
 * @module
 */

import {
  type Labels,
  metricFamilies,
  type MetricFamily,
  type Sample,
} from "../../metrics/families.ts";
import type { Histogram, MetricsSnapshot } from "../../metrics/snapshot.ts";
import { formatTime } from "../../model/units.ts";
import { metricsLines } from "./inspection_text.ts";
import type { Line } from "./line.ts";

/** A snapshot, one value a line. */
export function snapshotLines(snapshot: MetricsSnapshot): Line[] {
  const others = metricFamilies(snapshot).filter(isMore).flatMap(familyLines);
  return [["Persistence Metrics"], ...metricsLines(snapshot), ...others];
}

// What has no parts is told by its counter.
function isMore({ type, samples }: MetricFamily): boolean {
  return type !== "counter" || samples.some(({ labels }) => Object.keys(labels).length > 0);
}

function familyLines({ name, type, samples }: MetricFamily): Line[] {
  const shortName = name.replace(/^papyra_/, "");
  return samples.flatMap(({ labels, value }): Line[] => {
    // There are many, and most of them never happen.
    if (Object.keys(labels).length > 0 && type !== "histogram" && value === 0) return [];
    if (typeof value !== "number" && value.count === 0) return [];
    return [[`${shortName}${labelsText(labels)}: ${valueText(shortName, value)}`]];
  });
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function valueText(name: string, value: Sample["value"]): string {
  if (typeof value !== "number") return histogramText(value);
  return name.endsWith("_timestamp_seconds") ? formatTime(value) : `${value}`;
}

function histogramText(histogram: Histogram): string {
  const { count, sum } = histogram;
  const mean = Number((sum / count).toPrecision(3));
  return `count=${count} mean=${mean} p50${upTo(histogram, 0.5)} p99${upTo(histogram, 0.99)}`;
}

// A histogram knows no more than the bucket.
function upTo({ bounds, counts, count }: Histogram, share: number): string {
  let seen = 0;
  const bucket = counts.findIndex((each) => (seen += each) >= share * count);
  const bound = bounds[bucket];
  return bound === undefined ? `>${bounds.at(-1)}` : `<=${bound}`;
}
