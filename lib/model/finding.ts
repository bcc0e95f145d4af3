/**
 * What checks of a disk or a server find, and the durability that they leave.
 *
 * @module
 */

import {
  VOLUME_DURABILITIES,
  type VolumeCheck,
  type VolumeDurability,
  type VolumeFigures,
  type VolumeFinding,
} from "./volume_report.ts";

/** All is well. */
export function ok(reason: string, figures: VolumeFigures = {}): VolumeFinding {
  return { result: "ok", supports: "always", reason, next: "", figures };
}

/** Something worth knowing that takes no promise away, or not more than `supports` says. */
export function warning(
  reason: string,
  next: string,
  figures: VolumeFigures = {},
  supports: VolumeDurability = "always",
): VolumeFinding {
  return { result: "warning", supports, reason, next, figures };
}

/** Something that leaves no more than `supports`; null where it costs no acknowledged record. */
export function failed(
  supports: VolumeDurability | null,
  reason: string,
  next: string,
  figures: VolumeFigures = {},
): VolumeFinding {
  return { result: "failed", supports, reason, next, figures };
}

/** Something that could not be tried, or asked. */
export function unknown(reason: string, next: string): VolumeFinding {
  return { result: "unknown", supports: null, reason, next, figures: {} };
}

/** The strongest durability that all checks leave; unknown where one of those needed is open. */
export function durabilityLeft(
  checks: readonly Pick<VolumeCheck, "check" | "result" | "supports">[],
  needed: ReadonlySet<string>,
): VolumeDurability | "unknown" {
  const weakest = Math.max(0, ...checks.map(({ supports }) => rankOf(supports ?? "always")));
  const isOpen = checks.some(({ check, result }) => result === "unknown" && needed.has(check));
  const supported = VOLUME_DURABILITIES[weakest]!;
  return isOpen && supported !== "none" ? "unknown" : supported;
}

/** Whether a durability is as much as was asked for. */
export function isEnough(
  durability: VolumeDurability | "unknown",
  asked: VolumeDurability,
): boolean {
  return durability !== "unknown" && rankOf(durability) <= rankOf(asked);
}

function rankOf(durability: VolumeDurability): number {
  return VOLUME_DURABILITIES.indexOf(durability);
}
