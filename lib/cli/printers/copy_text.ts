/**
 * A copy as text.
 *
 * @module
 */

import { RECORD_KINDS } from "../../model/record.ts";
import type { CountByKind } from "../../model/report.ts";
import type { CopyReport } from "../../operations/copy_report.ts";
import type { Line } from "./line.ts";

/** What a copy did, or would do. */
export function copyLines(report: CopyReport): Line[] {
  const { verification } = report;
  return [
    [report.dryRun ? "Copy planned, nothing changed" : "Copy completed"],
    [`  from: ${report.from}`],
    [`  to: ${report.to}`],
    [`  resumed: ${report.resumed ? "yes" : "no"}`],
    [`  copied: ${countsText(report.copied)}`],
    [`  found_in_target: ${countsText(report.found)}`],
    [`  damaged_lines: ${report.damagedLines}`],
    ...(verification === null ? [] : verificationLines(verification)),
    ...(report.receipt === null ? [] : [[`  receipt: ${report.receipt}`]] as Line[]),
  ];
}

function verificationLines(
  { scope, records, digests, otherRecords }: NonNullable<CopyReport["verification"]>,
): Line[] {
  return [
    [`  verified (${scope}): ${countsText(records)}`, "green"],
    ...RECORD_KINDS.filter((kind) => records[kind] > 0)
      .map((kind): Line => [`    ${kind}: ${records[kind]}, sha256 ${digests[kind]}`]),
    [`  other_records_in_target: ${otherRecords}`],
  ];
}

function countsText(counts: CountByKind): string {
  const total = RECORD_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
  return `${total} (${RECORD_KINDS.map((kind) => `${kind} ${counts[kind]}`).join(", ")})`;
}
