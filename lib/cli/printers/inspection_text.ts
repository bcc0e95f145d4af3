/**
 * What a store is, as text.
 *
 * @module
 */

import { COUNTER_NAMES, type CounterValues, type LastScan } from "../../metrics/snapshot.ts";
import { totalOf } from "../../model/count_by_kind.ts";
import { RECORD_KINDS, type RecordKind } from "../../model/record.ts";
import type { CountByKind, StoreDescription } from "../../model/report.ts";
import type { RetentionLimits } from "../../model/retention.ts";
import { formatSize, formatTime } from "../../model/units.ts";
import type { StoreInspection } from "../../report/inspect_store.ts";
import { storeKindText } from "../../report/labels.ts";
import type { OperationSummary } from "../../report/store_report.ts";
import { type Line, orNone } from "./line.ts";

/** What is told of a store. */
export interface Inspection extends StoreInspection {
  /** Records counted. */
  readonly sampled: CountByKind;
  /** Where the counting ends. */
  readonly limit: number;
  /** The counters; null where they were not asked for. */
  readonly metrics: CounterValues | null;
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
    [`kind: ${storeKindText(description)}`],
    [`store: ${description.store}`],
    [`bytes: ${description.bytes}`],
    ...holdingLines(inspection),
    ...segmentsLines(description),
    [`retention: ${limitsText(retention)}`],
    ...RECORD_KINDS.flatMap((kind): Line[] => {
      const limits = retention.byKind?.[kind];
      return limits ? [[`retention of ${PLURALS[kind]}: ${limitsText(limits)}`]] : [];
    }),
    ...retainedLines(inspection),
    ...maintenanceLines(inspection),
    ...RECORD_KINDS.map((kind): Line => {
      const capped = sampled[kind] === limit ? " (capped)" : "";
      return [`${PLURALS[kind]}_sampled: ${sampled[kind]}${capped}`];
    }),
    ...(metrics === null ? [] : [["metrics:"] as Line, ...metricsLines(metrics, "  ")]),
  ];
}

// What people look for first, in words that need no reckoning.
function holdingLines({ description, counts, oldestAt, newestAt }: Inspection): Line[] {
  const { bytes, freeBytes } = description;
  const records = counts === null
    ? "not counted: --exact counts them where the store is large"
    : `${totalOf(counts.records)} (${countsText(counts.records)})`;
  return [
    [`size: ${formatSize(bytes)}`],
    [`disk_free: ${freeBytes === null ? "unknown" : formatSize(freeBytes)}`],
    [`records: ${records}`],
    [`oldest: ${timeText(oldestAt)}`],
    [`newest: ${timeText(newestAt)}`],
  ];
}

function retainedLines({ counts }: Inspection): Line[] {
  if (counts === null) return [];
  const { retainedRecords, reclaimableBytes } = counts;
  const freed = formatSize(Math.max(0, reclaimableBytes));
  return [[`retained: ${totalOf(retainedRecords)} (${countsText(retainedRecords)})`], [
    `next_compaction: frees ${freed}`,
  ]];
}

function maintenanceLines({ lastChanges, lastScan }: Inspection): Line[] {
  return [
    lastScan === null ? ["last_scan: never, as far as is known"] : scanLine(lastScan),
    [`last_recovery: ${changeText(lastChanges?.recovery)}`],
    [`last_compaction: ${changeText(lastChanges?.compaction)}`],
  ];
}

function scanLine({ at, is_success, anomaly_counts }: LastScan): Line {
  const found = Object.values(anomaly_counts).reduce((sum, count) => sum + count, 0);
  const verdict = is_success ? "healthy" : found > 0 ? "unhealthy" : "did not come to its end";
  const text = `${formatTime(at)} ${verdict}${found > 0 ? `, anomalies=${found}` : ""}`;
  return is_success ? [`last_scan: ${text}`] : [`last_scan: ${text}`, "red"];
}

function changeText(change: OperationSummary | null | undefined): string {
  if (change === undefined) return "unknown, the receipts cannot be read";
  return change === null ? "never" : `${formatTime(change.at)} ${change.text}`;
}

function countsText(counts: CountByKind): string {
  return RECORD_KINDS.map((kind) => `${PLURALS[kind]}=${counts[kind]}`).join(" ");
}

function timeText(seconds: number | null): string {
  return seconds === null ? "none" : formatTime(seconds);
}

function segmentsLines({ segments }: StoreDescription): Line[] {
  if (segments === null) return [];
  const { count, summarized, records, seqs } = segments;
  const unknown = count === summarized ? "" : ` (${count - summarized} of them not counted)`;
  const upTo = seqs === null ? "" : ` seqs=${seqs.min}..${seqs.max}`;
  return [[`segments: ${count}${unknown}`], [`sealed: ${countsText(records)}${upTo}`]];
}

/** Counters, one a line. */
export function metricsLines(metrics: CounterValues, indent = ""): Line[] {
  return COUNTER_NAMES.map((name): Line => [`${indent}${name}: ${metrics[name]}`]);
}

function limitsText({ maxRecords, maxAgeSeconds, maxTotalBytes }: RetentionLimits): string {
  return `max_records=${orNone(maxRecords)} max_age_seconds=${orNone(maxAgeSeconds)} ` +
    `max_total_bytes=${orNone(maxTotalBytes)}`;
}
