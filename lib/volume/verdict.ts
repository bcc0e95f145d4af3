/**
 * What checks of a volume come to.
 *
 * @module
 */

import {
  VOLUME_DURABILITIES,
  type VolumeCheck,
  type VolumeDurability,
  type VolumeReport,
} from "../model/volume_report.ts";

/** The part of a report that follows from its checks. */
export type Verdict = Pick<VolumeReport, "durability" | "asked" | "isFit" | "verdict">;

const WORDS: { readonly [D in VolumeReport["durability"]]: string } = {
  always: "This volume supports durability always, as far as a running machine can tell",
  interval: "This volume supports durability interval, and is too slow for always",
  os:
    "This volume supports durability os: what was acknowledged outlives a crash of the program, " +
    "not one of the machine",
  none: "This volume is not fit to write a store on; one that is there can be read",
  unknown: "What this volume supports is not known: see the checks that could not be made",
};

/** Judges. `needed` names the checks without which nothing can be promised. */
export function judge(
  checks: readonly VolumeCheck[],
  needed: ReadonlySet<string>,
  asked: VolumeDurability,
): Verdict {
  const weakest = Math.max(0, ...checks.map(({ supports }) => rankOf(supports ?? "always")));
  const isOpen = checks.some(({ check, result }) => result === "unknown" && needed.has(check));
  const supported = VOLUME_DURABILITIES[weakest]!;
  const durability = isOpen && supported !== "none" ? "unknown" : supported;
  const isFit = durability !== "unknown" && weakest <= rankOf(asked);
  return { durability, asked, isFit, verdict: WORDS[durability] };
}

function rankOf(durability: VolumeDurability): number {
  return VOLUME_DURABILITIES.indexOf(durability);
}
