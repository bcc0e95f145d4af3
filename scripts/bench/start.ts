/**
 * What a command takes before it does anything.
 *
 * @module
 */

import { findBun } from "../_bun.ts";
import { papyra, timedCommand } from "./_command.ts";
import type { BenchContext, Workload } from "./_workload.ts";

/** How often what takes milliseconds is run for one value. */
export const TIMES = 9;
/** The shortest that an interpreter takes. */
export const NODE = { name: "node -e 0", commands: [{ run: ["node", "-e", "0"] }] } as const;
/** The shortest that the executable takes. */
export const VERSION = {
  name: "papyra --version",
  isPapyra: true,
  commands: [papyra(["--version"])],
} as const;

/** Starts of the executable beside those of interpreters. */
export async function start(_context: BenchContext): Promise<Workload> {
  const ways = [
    NODE,
    { name: "bun -e 0", commands: [{ run: [await findBun(), "-e", "0"] as const }] },
    { name: "deno eval 0", commands: [{ run: [Deno.execPath(), "eval", "0"] as const }] },
    VERSION,
    { name: "papyra --help", isPapyra: true, commands: [papyra(["--help"])] },
  ];
  return {
    name: "Start, executable",
    unit: "ms",
    about: `Whole processes; each value is the median of ${TIMES} starts.`,
    variants: ways.map((way) => timedCommand(way, TIMES)),
    goals: [{ of: VERSION.name, against: NODE.name, atMost: 1.5 }],
  };
}
