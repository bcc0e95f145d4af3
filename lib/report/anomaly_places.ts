/**
 * Anomalies, summed up by where they are.
 *
 * @module
 */

import type { Anomaly } from "../model/anomaly.ts";
import type { ScanReport } from "../model/report.ts";
import type { AnomalyPlace, AnomalyReport } from "./store_report.ts";

const PLACES_MAX = 50;

/** What a scan found, by file and code, errors first. */
export function anomalyReport(scan: ScanReport): AnomalyReport {
  const places = new Map<string, AnomalyPlace>();
  for (const anomaly of scan.anomalies) {
    const key = `${anomaly.code} ${anomaly.file}`;
    places.set(key, joined(places.get(key), anomaly));
  }
  const sorted = [...places.values()].sort((one, other) => rank(one) - rank(other));
  return {
    total: scan.anomaliesTotal,
    counts: scan.anomalyCounts,
    places: sorted.slice(0, PLACES_MAX),
    isTruncated: scan.detailsTruncated || sorted.length > PLACES_MAX,
  };
}

function joined(place: AnomalyPlace | undefined, anomaly: Anomaly): AnomalyPlace {
  if (place !== undefined) {
    const isWorse = anomaly.severity === "error";
    return { ...place, count: place.count + 1, ...(isWorse && { severity: anomaly.severity }) };
  }
  const { file, code, severity, offset, line, reason, next } = anomaly;
  return { file, code, severity, count: 1, offset, line, reason, next };
}

function rank({ severity }: AnomalyPlace): number {
  return severity === "error" ? 0 : 1;
}
