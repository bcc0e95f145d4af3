/**
 * The names of Prometheus as OpenTelemetry writes them: `papyra_written_bytes_total` is `papyra.written`
 * in `By`. A collector makes the former of the latter, so dashboards stay whichever way metrics came.
 *
 * @module
 */

import type { Labels, MetricFamily } from "./families.ts";

/** What an instrument is called, and what it measures in. */
export interface InstrumentName {
  /** Its name. */
  readonly name: string;
  /** Its unit by UCUM; empty where things are counted. */
  readonly unit: string;
}

/** The name of an instrument for a family. */
export function instrumentName({ name: ofPrometheus }: Pick<MetricFamily, "name">): InstrumentName {
  const name = ofPrometheus.replace(/^papyra_/, "papyra.").replace(/_total$/, "");
  if (name.endsWith("_seconds")) return { name: name.slice(0, -"_seconds".length), unit: "s" };
  if (name.endsWith("_bytes")) return { name: name.slice(0, -"_bytes".length), unit: "By" };
  return { name, unit: "" };
}

/** Labels, or other facts, as attributes. */
export function attributesOf<V>(labels: { readonly [name: string]: V }): { [name: string]: V };
export function attributesOf(labels: Labels): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`papyra.${name}`, value]),
  );
}
