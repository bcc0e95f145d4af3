/**
 * Runs all tests. The last line says how it went: `N passed, N failed`.
 *
 * ```sh
 * deno task test
 * deno task test --only unit -- --filter "planRetention"
 * ```
 *
 * @module
 */

import { parseArgs } from "node:util";
import { addTotals, NO_TESTS, type Totals } from "./_junit.ts";
import { say, seconds } from "./_say.ts";
import { withTemporaryDirectory } from "./_temporary_directory.ts";
import { type PhaseContext, type PhaseName, PHASES, WAITING } from "./_test_phases.ts";

/** What to run. */
export interface TestOptions {
  /** The parts to run. @default {all} */
  readonly only?: readonly PhaseName[];
  /** Arguments for `deno test`. */
  readonly extra?: readonly string[];
}

/** Runs the tests and returns their sum. A part in which nothing ran counts as a failed test. */
export function runTests(options: TestOptions = {}): Promise<Totals> {
  const { only = Object.keys(PHASES) as PhaseName[], extra = [] } = options;
  return withTemporaryDirectory("test", async (temporary) => {
    const ran: PhaseRun[] = [];
    for (const names of groupsOf(only)) {
      const context = { temporary, extra, isBesideOthers: names.length > 1 };
      ran.push(...await Promise.all(names.map((name) => runPhase(name, context))));
    }
    say(`\n${ran.map(({ row }) => row).join("\n")}`);
    return addTotals(ran.map(({ totals }) => totals));
  });
}

/** The line that ends a run. */
export function summaryLine({ passed, failed }: Totals): string {
  return `${passed} passed, ${failed} failed`;
}

interface PhaseRun {
  readonly totals: Totals;
  /** What the end of the run says of it. */
  readonly row: string;
}

async function runPhase(name: PhaseName, context: PhaseContext): Promise<PhaseRun> {
  if (!context.isBesideOthers) say(`\n--- ${name}`);
  const start = performance.now();
  const totals = await totalsOfPhase(name, context);
  return { totals, row: rowOf(name, totals, performance.now() - start) };
}

// Those that mostly wait run side by side, where the first of them would.
function groupsOf(names: readonly PhaseName[]): readonly (readonly PhaseName[])[] {
  const waiting = names.filter((name) => WAITING.has(name));
  return names
    .map((name) => WAITING.has(name) ? (name === waiting[0] ? waiting : []) : [name])
    .filter((group) => group.length > 0);
}

async function totalsOfPhase(name: PhaseName, context: PhaseContext): Promise<Totals> {
  try {
    const totals = await PHASES[name](context);
    // A filter may leave a part without tests; nothing else may.
    const isEmpty = totals.passed + totals.failed === 0 && context.extra.length === 0;
    return isEmpty ? { ...totals, failed: 1 } : totals;
  } catch (error) {
    say(`Cannot run the ${name} tests: ${error instanceof Error ? error.message : error}`);
    return { ...NO_TESTS, failed: 1 };
  }
}

function rowOf(name: string, { passed, failed, skipped }: Totals, milliseconds: number): string {
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  return `${name.padEnd(12)} ${counts.padEnd(40)} ${seconds(milliseconds)}`;
}

function readArguments(args: string[]): TestOptions {
  const options = { only: { type: "string", multiple: true } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { only } = values;
  const unknown = only?.find((name) => !Object.hasOwn(PHASES, name));
  if (unknown !== undefined) throw new TypeError(`Unknown part "${unknown}"`);
  return { extra: positionals, ...(only === undefined ? {} : { only: only as PhaseName[] }) };
}

function readArgumentsOrExit(args: string[]): TestOptions {
  try {
    return readArguments(args);
  } catch (error) {
    say(`${error instanceof Error ? error.message : error}`);
    say(`Usage: deno task test [--only ${Object.keys(PHASES).join("|")}] [-- deno test arguments]`);
    Deno.exit(64);
  }
}

if (import.meta.main) {
  const totals = await runTests(readArgumentsOrExit(Deno.args));
  say(summaryLine(totals));
  if (totals.failed > 0 || totals.passed === 0) Deno.exit(1);
}
