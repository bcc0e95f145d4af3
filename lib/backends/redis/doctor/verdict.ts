/**
 * What checks of servers come to.
 *
 * @module
 */

import type { ServerCheck, ServerDurability, ServerReport } from "../../../model/server_report.ts";
import { durabilityLeft, isEnough } from "../../../model/finding.ts";

/** The part of a report that follows from its checks. */
export type ServerVerdict = Pick<ServerReport, "durability" | "asked" | "isFit" | "verdict">;

/** Checks without which nothing can be said of what an acknowledgement is worth. */
const NEEDED = new Set(["eviction", "persistence"]);

const WORDS: { readonly [D in ServerReport["durability"]]: string } = {
  always: "What is acknowledged here is kept, as far as a running server can tell",
  interval: "What is acknowledged here is kept, but for about the last second before a failure",
  os: "What is acknowledged here outlives a crash of the server's process, not one of its machine",
  none: "What is acknowledged here may be lost: see the checks that failed",
  unknown: "What an acknowledgement is worth here is not known: see what could not be asked",
};

const BROKEN = "but something is wrong: see the checks that failed";

/** Judges. */
export function judge(checks: readonly ServerCheck[], asked: ServerDurability): ServerVerdict {
  const durability = durabilityLeft(checks, NEEDED);
  // What the append-only file is worth, the durability says.
  const isBroken = checks.some(({ check, result }) =>
    result === "failed" && check !== "persistence"
  );
  const isFit = !isBroken && isEnough(durability, asked);
  const verdict = isBroken && durability !== "none"
    ? `${WORDS[durability]}; ${BROKEN}`
    : WORDS[durability];
  return { durability, asked, isFit, verdict };
}
