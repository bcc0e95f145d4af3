/**
 * A scan as text.
 *
 * @module
 */

import type { Anomaly } from "../../model/anomaly.ts";
import type { CountByKind, ScanReport } from "../../model/report.ts";
import { formatSize, formatTime } from "../../model/units.ts";
import type { Line } from "./line.ts";

/** What a scan found, and the command to run next. */
export function scanLines(scan: ScanReport): Line[] {
  return scan.healthy ? healthyLines(scan) : unhealthyLines(scan);
}

function healthyLines(scan: ScanReport): Line[] {
  const lines: Line[] = [["Persistence is healthy", "green"], ...scannedLines(scan)];
  if (scan.anomaliesTotal === 0) return lines;
  return [...lines, [`Warnings: ${scan.anomaliesTotal}`, "yellow"], ...anomalyLines(scan)];
}

function unhealthyLines(scan: ScanReport): Line[] {
  const next = scan.anomalies.find(({ severity, next }) => severity === "error" && next !== "")
    ?.next;
  return [
    [`Found ${scan.anomaliesTotal} persistence anomalies:`, "red"],
    ...anomalyLines(scan),
    ...(next === undefined ? [] : [[`Next: ${next}`]] as Line[]),
    ...scannedLines(scan),
  ];
}

function anomalyLines({ anomalies, anomaliesTotal }: ScanReport): Line[] {
  const more = anomaliesTotal - anomalies.length;
  return [
    ...anomalies.map((anomaly): Line => [anomalyText(anomaly)]),
    ...(more > 0 ? [[`… and ${more} more`]] as Line[] : []),
  ];
}

function anomalyText({ code, severity, file, offset, line, seq, entry, reason }: Anomaly): string {
  const place = [
    severity === "warning" ? "warning" : null,
    offset === null ? null : `byte ${offset}`,
    line === null ? null : `line ${line}`,
    seq === null ? null : `seq ${seq}`,
    entry === undefined ? null : `entry ${entry}`,
  ].filter((part) => part !== null).join(", ");
  return `- ${code}: ${file} (${place}${place && ": "}${reason})`;
}

function scannedLines(scan: ScanReport): Line[] {
  const { reused, sampleEntries } = scan;
  if (sampleEntries !== undefined) {
    const sample = `Only a sample: the newest ${sampleEntries} entries of each stream`;
    return [[scannedText(scan)], [sample, "yellow"]];
  }
  if (reused === null) return [[scannedText(scan)]];
  const upTo = reused.upToSeq === null ? "" : `, up to record ${reused.upToSeq}`;
  return [
    [scannedText(scan)],
    [
      `Not read again: ${reused.segments} segments, ${
        formatSize(reused.bytes)
      }${upTo}, in order since ${formatTime(reused.verifiedSince)}`,
    ],
  ];
}

function scannedText({ records, bytes, durationSeconds }: ScanReport): string {
  return `Scanned ${countsText(records)}, ${formatSize(bytes)} in ${durationSeconds.toFixed(2)} s`;
}

function countsText({ event, audit, dead_letter }: CountByKind): string {
  return `${event} events, ${audit} audits, ${dead_letter} dead letters`;
}
