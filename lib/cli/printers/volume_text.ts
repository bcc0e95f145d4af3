/**
 * A check of a volume as text.
 *
 * @module
 */

import type { VolumeFacts, VolumeReport } from "../../model/volume_report.ts";
import { checkLines, notToldLine } from "./check_lines.ts";
import type { Line } from "./line.ts";

/** What was found, check by check, and what it comes to. */
export function volumeLines(report: VolumeReport): Line[] {
  const { path, volume, checks, asked, isFit, verdict, cannotKnow } = report;
  const refusal = isFit ? "" : `; asked for was ${asked}`;
  return [
    [`${path}: ${volumeText(volume)}`],
    ...checks.flatMap(checkLines),
    ...cannotKnow.map(notToldLine),
    [`${verdict}${refusal}`, isFit ? "green" : "red"],
  ];
}

function volumeText({ type, source, mountPoint }: VolumeFacts): string {
  const mounted = source === null ? "" : ` on ${source}, mounted at ${mountPoint}`;
  return `${type ?? "an unknown file system"}${mounted}`;
}
