/**
 * Writers, maintenance and readers on one real store, killed at random moments for many rounds
 * (`tests/processes/torture.ts`). The last lines say what they went through.
 *
 * ```sh
 * deno task torture
 * deno task torture --rounds 1000 --seed 7
 * ```
 *
 * @module
 */

import { parseArgs } from "node:util";
import { torture, type TortureReport } from "../tests/processes/torture.ts";
import { say, seconds } from "./_say.ts";

const ROUNDS_A_LINE = 20;

/** How much torture. */
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

function sayProgress(report: TortureReport): void {
  if (report.rounds % ROUNDS_A_LINE !== 0) return;
  const { rounds, acknowledged, scans, falseAlarms } = report;
  say(
    `${rounds} rounds, ${acknowledged} records, ${scans} scans, ${falseAlarms.length} false alarms`,
  );
}

function sayReport(report: TortureReport, elapsedMs: number): void {
  const kills = Object.entries(report.kills).map(([role, count]) => `${role} ${count}`);
  say(`rounds          ${report.rounds} in ${seconds(elapsedMs)}`);
  say(`kills           ${kills.join(", ")}`);
  say(`acknowledged    ${report.acknowledged}, of which retention removed ${report.retired}`);
  say(`found           ${report.found}, of which unacknowledged ${report.unacknowledged}`);
  say(`scans           ${report.scans}, of which nothing was to be found by ${report.calmScans}`);
  say(`readings        ${report.readings}`);
  say(`changes         ${report.changes}, damaged lines removed ${report.damagedLines}`);
  say(`false alarms    ${report.falseAlarms.length}`);
  for (const alarm of report.falseAlarms) say(JSON.stringify(alarm));
}

if (import.meta.main) {
  const given = readArguments(Deno.args);
  say(`seed ${given.seed}`);
  const directory = await Deno.makeTempDir({ prefix: "papyra-torture-" });
  const began = performance.now();
  try {
    const report = await torture({ ...given, directory, onRound: sayProgress });
    sayReport(report, performance.now() - began);
    if (report.falseAlarms.length > 0) Deno.exit(1);
  } catch (error) {
    say(`FAILED: ${error instanceof Error ? error.stack : error}\nThe store is in ${directory}`);
    Deno.exit(1);
  }
  await Deno.remove(directory, { recursive: true });
}
