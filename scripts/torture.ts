/**
 * Writers, maintenance and readers on one real store, killed at random moments for many rounds
 * (`tests/processes/torture.ts`); the same on a store in one file and on one in segments. The last
 * lines of each say what it went through.
 *
 * ```sh
 * deno task torture
 * deno task torture --rounds 1000 --seed 7
 * ```
 *
 * @module
 */

import { parseArgs } from "node:util";
import { torture, TORTURED_STORES, type TortureReport } from "../tests/processes/torture.ts";
import { say, seconds } from "./_say.ts";

const ROUNDS_A_LINE = 50;

/** How much torture for each store. */
interface Arguments {
  readonly rounds: number;
  readonly calmScans: number;
  readonly seed: number;
}

function readArguments(args: string[]): Arguments {
  const options = {
    rounds: { type: "string", default: "300" },
    "calm-scans": { type: "string", default: "2000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
  } as const;
  const { values } = parseArgs({ args, options });
  return {
    rounds: Number(values.rounds),
    calmScans: Number(values["calm-scans"]),
    seed: Number(values.seed),
  };
}

/** Tortures one store; returns how many false alarms there were. */
async function tortureOne(
  store: typeof TORTURED_STORES[number],
  given: Arguments,
): Promise<number> {
  const directory = await Deno.makeTempDir({ prefix: "papyra-torture-" });
  const began = performance.now();
  say(`\na store ${store}, seed ${given.seed}`);
  try {
    const report = await torture({ ...given, store, directory, onRound: sayProgress });
    sayReport(report, performance.now() - began);
    await Deno.remove(directory, { recursive: true });
    return report.falseAlarms.length;
  } catch (error) {
    say(`FAILED: ${error instanceof Error ? error.stack : error}\nThe store is in ${directory}`);
    Deno.exit(1);
  }
}

function sayProgress({ rounds, acknowledged, scans }: TortureReport): void {
  if (rounds % ROUNDS_A_LINE !== 0) return;
  say(`${rounds} rounds, ${acknowledged} records, ${scans} scans`);
}

function sayReport(report: TortureReport, elapsedMs: number): void {
  const kills = Object.entries(report.kills).map(([role, count]) => `${role} ${count}`);
  say(`rounds          ${report.rounds} in ${seconds(elapsedMs)}`);
  say(`kills           ${kills.join(", ")}`);
  say(`acknowledged    ${report.acknowledged}, of which retention removed ${report.retired}`);
  say(`found           ${report.found}, of which unacknowledged ${report.unacknowledged}`);
  say(`scans           ${report.scans}, of which ${report.calmScans} had nothing to find`);
  say(`readings        ${report.readings}`);
  say(`changes         ${report.changes}, ${report.compressed} of them compressed a segment`);
  say(`damaged lines   ${report.damagedLines} removed`);
  say(`false alarms    ${report.falseAlarms.length}`);
  for (const alarm of report.falseAlarms) say(JSON.stringify(alarm));
}

if (import.meta.main) {
  const given = readArguments(Deno.args);
  let falseAlarms = 0;
  for (const store of TORTURED_STORES) falseAlarms += await tortureOne(store, given);
  if (falseAlarms > 0) Deno.exit(1);
}
