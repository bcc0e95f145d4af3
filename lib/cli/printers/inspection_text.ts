/**
 * What a store is, as text.
 *
 * @module
 */

import type { MetricsSnapshot } from "../../metrics/snapshot.ts";
import { RECORD_KINDS, type RecordKind } from "../../model/record.ts";
import type { CountByKind, StoreDescription } from "../../model/report.ts";
import type { RetentionLimits, RetentionPolicy } from "../../model/retention.ts";
import { type Line, orNone } from "./line.ts";

/** What is told of a store. */
export interface Inspection {
  /** What it is. */
  readonly description: StoreDescription;
  /** What it keeps. */
  readonly retention: RetentionPolicy;
  /** Records counted. */
  readonly sampled: CountByKind;
  /** Where the counting ends. */
  readonly limit: number;
  /** The counters; null where they were not asked for. */
  readonly metrics: MetricsSnapshot | null;
}

const PLURALS: { readonly [K in RecordKind]: string } = {
  event: "events",
  audit: "audits",
  dead_letter: "dead_letters",
};

/** A store in a few lines. */
export function inspectionLines(inspection: Inspection): Line[] {
  const { description, retention, sampled, limit, metrics } = inspection;
  return [
    ["Persistence Inspect"],
    ["-------------------"],
    [`backend: ${description.backend}`],
    [`store: ${description.store}`],
    [`bytes: ${description.bytes}`],
    ...segmentsLines(description),
    [`retention: ${limitsText(retention)}`],
    ...RECORD_KINDS.flatMap((kind): Line[] => {
      const limits = retention.byKind?.[kind];
      return limits ? [[`retention of ${PLURALS[kind]}: ${limitsText(limits)}`]] : [];
    }),
    ...RECORD_KINDS.map((kind): Line => {
      const capped = sampled[kind] === limit ? " (capped)" : "";
      return [`${PLURALS[kind]}_sampled: ${sampled[kind]}${capped}`];
    }),
    ...(metrics === null ? [] : [["metrics:"] as Line, ...metricsLines(metrics, "  ")]),
  ];
}

function segmentsLines({ segments }: StoreDescription): Line[] {
  if (segments === null) return [];
  const { count, summarized, records, seqs } = segments;
  const unknown = count === summarized ? "" : ` (${count - summarized} of them not counted)`;
  const held = RECORD_KINDS.map((kind) => `${PLURALS[kind]}=${records[kind]}`).join(" ");
  const upTo = seqs === null ? "" : ` seqs=${seqs.min}..${seqs.max}`;
  return [[`segments: ${count}${unknown}`], [`sealed: ${held}${upTo}`]];
}

/** Counters, one a line. */
export function metricsLines(metrics: MetricsSnapshot, indent = ""): Line[] {
  return Object.entries(metrics).map(([name, count]): Line => [`${indent}${name}: ${count}`]);
}

function limitsText({ maxRecords, maxAgeSeconds, maxTotalBytes }: RetentionLimits): string {
  return `max_records=${orNone(maxRecords)} max_age_seconds=${orNone(maxAgeSeconds)} ` +
    `max_total_bytes=${orNone(maxTotalBytes)}`;
}
