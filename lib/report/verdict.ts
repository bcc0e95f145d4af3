/**
 * How a store is, in one sentence. Pure; the clock is passed in.
 *
 * @module
 */

import { totalOf } from "../model/count_by_kind.ts";
import type { ScanReport } from "../model/report.ts";
import { shortened } from "../model/shortened.ts";
import { formatSize } from "../model/units.ts";
import type { AnomalyReport, DiskForecast, Verdict } from "./store_report.ts";
import { counted, formatSpan } from "./wording.ts";

const SOON_SECONDS = 14 * 86_400;

/** What the parts of a report come to. */
export function verdictOn(
  scan: ScanReport,
  anomalies: AnomalyReport,
  disk: DiskForecast,
  now: number,
): Verdict {
  if (!scan.healthy) return { state: "damaged", ...damage(anomalies) };
  if (!scan.exists) {
    const sentence = `There is no store at ${scan.store} yet; it is made with the first record.`;
    return { state: "absent", sentence, next: "" };
  }
  const concerns = [
    ...(anomalies.total > 0 ? [`${counted(anomalies.total, "warning")} should be looked at`] : []),
    ...diskConcern(disk, now),
  ];
  if (concerns.length === 0) {
    return { state: "healthy", sentence: `The store is healthy: ${holdings(scan)}.`, next: "" };
  }
  const sentence = `The store is healthy, but ${concerns.join(", and ")}.`;
  return { state: "attention", sentence, next: "" };
}

function diskConcern({ freeBytes, fullAt }: DiskForecast, now: number): string[] {
  if (freeBytes === 0) return ["its disk is full"];
  if (fullAt === null || fullAt - now >= SOON_SECONDS) return [];
  return [`its disk is full in ${formatSpan(fullAt - now)} at this rate`];
}

function damage({ counts, places, total, isTruncated }: AnomalyReport): Omit<Verdict, "state"> {
  const errors = places.filter(({ severity }) => severity === "error");
  const files = [...new Set(errors.map(({ file }) => file))];
  const codes = Object.keys(counts);
  const what = codes.length === 1 ? ` (${codes[0]})` : "";
  const where = isTruncated || files.length === 0
    ? ""
    : ` in ${
      files.length === 1
        ? shortened(files[0]!.replace(/^.*\//, ""))
        : counted(files.length, "place")
    }`;
  const next = errors.find((place) => place.next !== "")?.next ?? "";
  const found = counted(total, "anomaly", "anomalies");
  return { sentence: `The store is damaged: ${found}${what}${where}.`, next };
}

function holdings({ records, bytes }: ScanReport): string {
  const all = totalOf(records);
  return all === 0
    ? "it is empty"
    : `${counted(all, "record")} in ${formatSize(bytes)}, nothing damaged`;
}
