/**
 * The newest records of a large store.
 *
 * @module
 */

import { papyra, timedCommand } from "./_command.ts";
import type { BenchContext, Workload } from "./_workload.ts";
import { NODE, TIMES, VERSION } from "./start.ts";

const NEWEST = "papyra, newest 50";

/** The newest 50 beside `tail` of as many lines, and beside starts that do nothing. */
export async function newest({ stores }: BenchContext): Promise<Workload> {
  const { path } = await stores.large();
  const ways = [
    NODE,
    { name: "tail -n 50", commands: [{ run: ["tail", "-n", "50", path] as const }] },
    VERSION,
    {
      name: NEWEST,
      isPapyra: true,
      commands: [papyra(["inspect", "events", "--limit", "50", "--path", path])],
    },
  ];
  return {
    name: "Newest 50, executable",
    unit: "ms",
    about: `Of the large store. Whole processes; each value is the median of ${TIMES} runs.`,
    variants: ways.map((way) => timedCommand(way, TIMES)),
    goals: [
      { of: NEWEST, against: VERSION.name, atMost: 1.5 },
      { of: NEWEST, against: NODE.name, atMost: 1.5 },
    ],
  };
}
