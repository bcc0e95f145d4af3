/**
 * Metric families in the text format of Prometheus, version 0.0.4.
 *
 * @module
 */

import { type Labels, metricFamilies, type MetricFamily } from "./families.ts";
import type { Histogram, MetricsSnapshot } from "./snapshot.ts";

/** The media type of the text. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A snapshot as text; without timestamps, so that whoever collects it says when. */
export function prometheusText(snapshot: MetricsSnapshot, labels: Labels = {}): string {
  return familiesText(metricFamilies(snapshot), labels);
}

/** Families as text, with `common` labels on every sample. */
export function familiesText(families: readonly MetricFamily[], common: Labels = {}): string {
  return families.map((family) => familyText(family, common)).join("");
}

function familyText({ name, help, type, samples }: MetricFamily, common: Labels): string {
  const lines = samples.flatMap(({ labels, value }) => {
    const all = { ...common, ...labels };
    return typeof value === "number"
      ? [`${name}${labelsText(all)} ${numberText(value)}`]
      : histogramLines(name, all, value);
  });
  return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

// Buckets count everything up to their bounds there.
function histogramLines(name: string, labels: Labels, histogram: Histogram): string[] {
  const { bounds, counts, count, sum } = histogram;
  let upTo = 0;
  const buckets = [...bounds, Infinity].map((bound, index) => {
    upTo += counts[index] ?? 0;
    return `${name}_bucket${labelsText({ ...labels, le: numberText(bound) })} ${numberText(upTo)}`;
  });
  return [
    ...buckets,
    `${name}_sum${labelsText(labels)} ${numberText(sum)}`,
    `${name}_count${labelsText(labels)} ${numberText(count)}`,
  ];
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return `${value}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

// A lone half of a character is no text that anybody can read.
function escapeLabel(text: string): string {
  return escapeHelp(text.toWellFormed()).replaceAll('"', '\\"').replaceAll("\r", " ");
}
