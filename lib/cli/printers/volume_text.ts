/**
 * A check of a volume as text.
 *
 * @module
 */

import type {
  VolumeCheck,
  VolumeCheckResult,
  VolumeFacts,
  VolumeReport,
} from "../../model/volume_report.ts";
import type { Colour } from "../paint.ts";
import type { Line } from "./line.ts";

const COLOURS: { readonly [R in VolumeCheckResult]: Colour } = {
  ok: "green",
  warning: "yellow",
  failed: "red",
  unknown: "yellow",
};
const INDENTATION = " ".repeat("unknown  ".length);

/** What was found, check by check, and what it comes to. */
export function volumeLines(report: VolumeReport): Line[] {
  const { path, volume, checks, asked, isFit, verdict, cannotKnow } = report;
  const refusal = isFit ? "" : `; asked for was ${asked}`;
  return [
    [`${path}: ${volumeText(volume)}`],
    ...checks.flatMap(checkLines),
    ...cannotKnow.map((text): Line => [`not told  ${text}`]),
    [`${verdict}${refusal}`, isFit ? "green" : "red"],
  ];
}

function checkLines({ check, result, reason, next }: VolumeCheck): Line[] {
  const first: Line = [`${result.padEnd(INDENTATION.length)}${check}: ${reason}`, COLOURS[result]];
  return next === "" ? [first] : [first, [`${INDENTATION}${next}`]];
}

function volumeText({ type, source, mountPoint }: VolumeFacts): string {
  const mounted = source === null ? "" : ` on ${source}, mounted at ${mountPoint}`;
  return `${type ?? "an unknown file system"}${mounted}`;
}
