/**
 * What a recovery would do about what a scan found. Pure.
 *
 * @module
 */

import type { CheckedRecovery } from "../../../backend/checked_recovery.ts";
import type { AnomalyCode } from "../../../model/anomaly.ts";
import type { RecoveryPlan, ScanReport } from "../../../model/report.ts";
import type { DetailedScan } from "../scanning/scan_store.ts";

/** Anomalies that rewriting the file takes away. */
const REWRITE_CODES: readonly AnomalyCode[] = [
  "TRUNCATED_LINE",
  "PARTIAL_WRITE",
  "CORRUPTED_LINE",
  "CHECKSUM_MISMATCH",
  "INVALID_UTF8",
  "NUL_PADDING",
  "NOT_A_RECORD",
  "OVERSIZED_LINE",
  "SEQUENCE_GAP",
];

/** What is to be done to a store. */
export interface RecoverySteps {
  /** Make an empty file that says which numbers are gone. */
  readonly recreate: boolean;
  /** Copy what is intact into a new file. */
  readonly rewrite: boolean;
  /** Remove temporary files of interrupted runs. */
  readonly removeLeftovers: boolean;
  /** Write everything derived anew. */
  readonly rebuildDerived: boolean;
}

/** Decides on `scan`. */
export function planSteps(mode: CheckedRecovery["mode"], scan: DetailedScan): RecoverySteps {
  const { anomalyCounts } = scan.report;
  const isIgnored = mode === "ignore";
  const hasDamage = REWRITE_CODES.some((code) => (anomalyCounts[code] ?? 0) > 0) ||
    scan.identicalPositions.size > 0;
  const rewrites = mode === "repair" || mode === "quarantine";
  return {
    recreate: rewrites && (anomalyCounts.MISSING_STORE ?? 0) > 0,
    rewrite: rewrites && scan.report.exists && hasDamage,
    removeLeftovers: !isIgnored && (anomalyCounts.LEFTOVER_TEMP_FILE ?? 0) > 0,
    rebuildDerived: mode === "rebuild",
  };
}

/** Puts the steps into words. */
export function describePlan(recovery: CheckedRecovery, scan: DetailedScan): RecoveryPlan {
  const { mode, quarantineDir } = recovery;
  const steps = planSteps(mode, scan);
  const sentences: string[] = [];
  if (steps.recreate) sentences.push("make the store anew, empty, with the lost numbers noted");
  if (steps.rewrite) sentences.push(...describeRewrite(scan.report, scan, quarantineDir));
  if (steps.removeLeftovers) sentences.push("remove temporary files of interrupted runs");
  if (steps.rebuildDerived) sentences.push("write the derived files in the sidecar anew");
  return { mode, scan: scan.report, changes: sentences.length > 0, steps: sentences };
}

function describeRewrite(
  report: ScanReport,
  scan: DetailedScan,
  quarantineDir: string | null,
): string[] {
  const sentences = [];
  if (quarantineDir !== null) sentences.push(`put the original into ${quarantineDir}`);
  if (report.damagedBytes > 0) sentences.push(`remove ${report.damagedBytes} damaged bytes`);
  if (scan.identicalPositions.size > 0) {
    sentences.push(`remove ${scan.identicalPositions.size} records that stand there twice`);
  }
  if ((report.anomalyCounts.SEQUENCE_GAP ?? 0) > 0) {
    sentences.push("note the missing records as lost, so that they are told only once");
  }
  sentences.push("keep every intact line as it is, byte for byte");
  return sentences;
}
