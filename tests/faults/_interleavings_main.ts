/**
 * Runs interleavings from a first seed on, in a process of its own, where timers are those of the
 * simulated processes (`--import-map tests/faults/interleavings.json`).
 *
 * Arguments: the first seed, how many, which kind of store, what is broken on purpose (or nothing),
 * `trace` to print calls.
 */

import { runInterleaving } from "./_interleaving.ts";
import type { Lie } from "./_scheduled_file_system.ts";

const [first = "1", count = "1", kind = "single", lie = "", trace = ""] = Deno.args;

let calls = 0;
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  try {
    calls += await runInterleaving({
      seed,
      kind,
      lie: lie === "" ? null : lie as Lie,
      onCall: (call) => trace && print(call),
    });
  } catch (error) {
    print(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
print(`${count} runs, ${calls} calls`);
Deno.exit(0);

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
