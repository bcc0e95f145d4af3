/**
 * A rotation as text.
 *
 * @module
 */

import type { RotationReport } from "../../model/report.ts";
import type { Line } from "./line.ts";

/** What was sealed. */
export function rotationLines({ segment }: RotationReport): Line[] {
  if (segment === null) return [["Nothing to seal: the active file holds no numbered record"]];
  return [
    ["Rotation completed"],
    [`  segment: ${segment.path}`],
    [`  bytes: ${segment.bytes}`],
    [`  seqs: ${segment.firstSeq} to ${segment.lastSeq}`],
  ];
}
