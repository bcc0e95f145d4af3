/**
 * A compaction as text.
 *
 * @module
 */

import { RECORD_KINDS } from "../../model/record.ts";
import type { CompactionReport, HeldBack } from "../../model/report.ts";
import type { Line } from "./line.ts";

/** What a compaction did, or would do. */
export function compactionLines(report: CompactionReport): Line[] {
  return [
    [report.dryRun ? "Compaction planned, nothing changed" : "Compaction completed"],
    [`  backend: ${report.backend}`],
    [`  before_records: ${report.beforeRecords}`],
    [`  after_records: ${report.afterRecords}`],
    [`  before_bytes: ${report.beforeBytes}`],
    [`  after_bytes: ${report.afterBytes}`],
    [`  removed_records: ${report.removedRecords}`],
    [`  reclaimed_bytes: ${report.reclaimedBytes}`],
    ...RECORD_KINDS.map((kind): Line => {
      const { beforeRecords, afterRecords, removedRecords } = report.byKind[kind];
      return [`  ${kind}: ${beforeRecords} -> ${afterRecords} (${removedRecords} removed)`];
    }),
    ...compressionLines(report),
    ...(report.heldBack ?? []).map(heldBackLine),
    ...(report.keptByTrim ? [[`  kept_by_trim: ${report.keptByTrim}`]] as Line[] : []),
    ...(report.receipt === null ? [] : [[`  receipt: ${report.receipt}`]] as Line[]),
  ];
}

function compressionLines({ compression }: CompactionReport): Line[] {
  if (compression === null) return [];
  const { form, segments, segmentsBefore, segmentsLeft, beforeBytes, afterBytes } = compression;
  const bytes = `${beforeBytes} -> ${afterBytes ?? "?"} bytes`;
  const others = `${segmentsBefore} compressed before, ${segmentsLeft} left as they are`;
  return [[`  ${form}: ${segments} segments (${bytes}), ${others}`]];
}

function heldBackLine({ key, group, consumer, oldestEntry, records }: HeldBack): Line {
  const who = consumer === null ? "has not read" : `gave consumer "${consumer}"`;
  return [
    `  held_back: ${records} of ${key}: group "${group}" ${who} ${oldestEntry}; see --force`,
    "yellow",
  ];
}
