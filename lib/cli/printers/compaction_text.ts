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
    ...(report.receipt === null ? [] : [[`  receipt: ${report.receipt}`]] as Line[]),
  ];
}
