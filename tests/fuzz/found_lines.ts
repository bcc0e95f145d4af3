/**
 * What is left of a store, in terms that the properties share.
 *
 * @module
 */

import type { Anomaly } from "../../lib/model/anomaly.ts";
import type { StoredRecord } from "../../lib/model/record.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import type { DamageCase } from "./damage_case.ts";
import { fieldsOf, kindOf, latin1, type PhysicalLine, physicalLines } from "./oracle.ts";
import { seqOf, splitLines, withoutMarks } from "./oracle.ts";

/** The lines of the file as it was found. */
export function linesFound({ written, found }: DamageCase): PhysicalLine[] {
  return physicalLines(found, splitLines(written));
}

/** What makes the store unhealthy. */
export function errorsIn({ anomalies }: ScanReport): Anomaly[] {
  return anomalies.filter(({ severity }) => severity === "error");
}

/** The largest number that anything still tells. */
export function largestKnown(damageCase: DamageCase): number {
  const shown = linesFound(damageCase).filter(({ state }) => state !== null).map(({ bytes }) => {
    const isCheckpoint = kindOf(bytes) === "checkpoint";
    return isCheckpoint ? Number(fieldsOf(withoutMarks(bytes, true))!.to) : seqOf(bytes) ?? 0;
  });
  return Math.max(0, damageCase.durableSeq, ...shown);
}

/** Records as texts that can be compared. */
export function told(records: readonly StoredRecord[]): string[] {
  return records.map((record) => JSON.stringify(record));
}

/** Without numbered records, or other texts that count, that stood before already. */
export function withoutRepeats(items: readonly string[], counts = hasSeq): string[] {
  return items.filter((item, index) => !counts(item) || items.indexOf(item) === index);
}

function hasSeq(record: string): boolean {
  return !record.endsWith('"seq":null}');
}

/** A line in words. */
export function describe({ start, state, bytes }: PhysicalLine): string {
  return `the ${state ?? "damaged"} line at ${start}, ${JSON.stringify(latin1(bytes))},`;
}
