/**
 * A recovery, and the plan of one, as text.
 *
 * @module
 */

import type { RecoveryPlan, RecoveryReport } from "../../model/report.ts";
import type { Line } from "./line.ts";
import { scanLines } from "./scan_text.ts";

/** What a recovery did, and what the scan after it found. */
export function recoveryLines(report: RecoveryReport): Line[] {
  return [["Recovery completed"], ...changeLines(report), ...scanLines(report.after)];
}

/** What a recovery changed. */
export function changeLines(report: RecoveryReport): Line[] {
  const { changed, store, removedRanges, removedBytes, kept, leftoversRemoved, unstored } = report;
  const keptAs = report.mode === "quarantine" ? "quarantined" : "kept";
  return [
    changed
      ? [`repaired ${store}: ${removedRanges} ranges, ${removedBytes} bytes removed`]
      : ["nothing changed"],
    ...kept.map((path) => [`${keptAs} ${path}`]),
    ...(report.acknowledged ? [[`acknowledged ${report.acknowledged} entries that are gone`]] : []),
    ...leftoversRemoved.map((path) => [`removed leftover ${path}`]),
    ...(unstored === "" ? [] : [[`removed bytes that could not be stored, base64: ${unstored}`]]),
    ...(report.receipt === null ? [] : [[`receipt ${report.receipt}`]]),
  ] as unknown as Line[];
}

/** What a recovery would do. */
export function recoveryPlanLines(plan: RecoveryPlan): Line[] {
  return [
    ["Recovery planned, nothing changed"],
    ...plan.steps.map((step): Line => [`- ${step}`]),
    ...scanLines(plan.scan),
  ];
}
