/**
 * What checks of a server find.
 *
 * @module
 */

import type { ServerDurability, ServerFinding } from "../../../model/server_report.ts";
import type { VolumeFigures } from "../../../model/volume_report.ts";

/** All is well. */
export function ok(reason: string, figures: VolumeFigures = {}): ServerFinding {
  return { result: "ok", supports: "always", reason, next: "", figures };
}

/** Something worth knowing that leaves no more than `supports`. */
export function warning(
  supports: ServerDurability,
  reason: string,
  next: string,
  figures: VolumeFigures = {},
): ServerFinding {
  return { result: "warning", supports, reason, next, figures };
}

/** Something that has to be mended; `supports` is null where it costs no acknowledged record. */
export function failed(
  supports: ServerDurability | null,
  reason: string,
  next: string,
  figures: VolumeFigures = {},
): ServerFinding {
  return { result: "failed", supports, reason, next, figures };
}

/** Something that this user may not ask, or this server cannot tell. */
export function unknown(reason: string, next: string): ServerFinding {
  return { result: "unknown", supports: null, reason, next, figures: {} };
}
