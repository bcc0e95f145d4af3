/**
 * Checks of what a store lies on, as text.
 *
 * @module
 */

import type { VolumeCheck, VolumeCheckResult } from "../../model/volume_report.ts";
import type { Colour } from "../paint.ts";
import type { Line } from "./line.ts";

const COLOURS: { readonly [R in VolumeCheckResult]: Colour } = {
  ok: "green",
  warning: "yellow",
  failed: "red",
  unknown: "yellow",
};
const INDENTATION = " ".repeat("unknown  ".length);

/** What a check found, and what to do about it. */
export function checkLines({ check, result, reason, next }: VolumeCheck): Line[] {
  const first: Line = [`${result.padEnd(INDENTATION.length)}${check}: ${reason}`, COLOURS[result]];
  return next === "" ? [first] : [first, [`${INDENTATION}${next}`]];
}

/** What no check can tell. */
export function notToldLine(text: string): Line {
  return [`not told  ${text}`];
}
