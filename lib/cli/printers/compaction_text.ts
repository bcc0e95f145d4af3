/**
 * A compaction as text.
 *
 * @module
 */

import { RECORD_KINDS } from "../../model/record.ts";
import type { CompactionReport } from "../../model/report.ts";
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
