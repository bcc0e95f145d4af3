/**
 * What checks of a volume come to.
 *
 * @module
 */

import { durabilityLeft, isEnough } from "../model/finding.ts";
import type { VolumeCheck, VolumeDurability, VolumeReport } from "../model/volume_report.ts";

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
  const durability = durabilityLeft(checks, needed);
  return { durability, asked, isFit: isEnough(durability, asked), verdict: WORDS[durability] };
}
