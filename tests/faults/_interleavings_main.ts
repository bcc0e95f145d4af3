/**
 * Runs interleavings from a first seed on, in a process of its own, where timers are those of the
 * simulated processes (`--import-map tests/faults/interleavings.json`).
 *
 * Arguments: the first seed, how many, which kind of store, what is broken on purpose (or nothing),
 * `trace` to print calls.
 */

import { runInterleaving } from "./_interleaving.ts";
import type { Lie } from "./_scheduled_file_system.ts";
import { situationsOf } from "./_situations.ts";

const MAIN = "tests/faults/_interleavings_main.ts";
const FLAGS = "--import-map tests/faults/interleavings.json";
const [first = "1", count = "1", kind = "single", lie = "", trace = ""] = Deno.args;

const isRotating = kind === "rotating";
const runsIn = new Map(situationsOf({ isRotating }).map((situation) => [situation, 0]));
let calls = 0;
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  try {
    const result = await runInterleaving({
      seed,
      kind,
      lie: lie === "" ? null : lie as Lie,
      onCall: ({ process, name, path }) => trace && print(`${process} ${name} ${path}`),
    });
    calls += result.calls;
    for (const situation of result.situations) {
      runsIn.set(situation, (runsIn.get(situation) ?? 0) + 1);
    }
  } catch (error) {
    print(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
    print(`its calls: deno run -A ${FLAGS} ${MAIN} ${seed} 1 ${kind} "${lie}" trace`);
    Deno.exit(1);
  }
}
print(`${count} runs, ${calls} calls`);
for (const [situation, runs] of runsIn) print(`${runs} runs with ${situation}`);
Deno.exit(0);

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
