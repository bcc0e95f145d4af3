/**
 * Several simulated processes on one store in any order of their steps: writers, compaction, recovery,
 * scans, readers and followers, killed at any step, the power cut in the end; on a single file, and on a
 * rotating store in which each process seals as it is told to. Each seed is one run, the same each time.
 * To see the calls of the run of seed 17 on a rotating store:
 *
 * ```sh
 * deno run -A --import-map tests/faults/interleavings.json tests/faults/_interleavings_main.ts 17 1 rotating "" trace
 * ```
 */

import { join } from "node:path";
import { assert, assertEquals } from "../_assert.ts";
import type { Lie } from "./_scheduled_file_system.ts";
import { tellLater } from "./_tally.ts";

const SEEDS = Number(Deno.env.get("PAPYRA_INTERLEAVINGS") ?? 1000);
const FIRST_SEED = Number(Deno.env.get("PAPYRA_INTERLEAVINGS_FROM") ?? 1);
const CANARY_SEEDS = 100;
const KINDS = ["single", "rotating"];

/** What is broken on purpose, each to be found within a few seeds. */
const LIES: { readonly [L in Lie]: string } = {
  lock: "a lock that lets everybody in",
  identity: "a file that looks the same when it was replaced",
  sync: "a sync of files that does nothing",
  syncDirectory: "a sync of directories that does nothing",
};

for (const kind of KINDS) {
  Deno.test(`every promise holds in ${SEEDS} interleavings of several processes on a ${kind} store`, async () => {
    const { code, output } = await run(FIRST_SEED, SEEDS, kind);
    assertEquals(code, 0, output);
    tellLater(`${kind} store: ${output}`);
    const unreached = output.split("\n").filter((line) => line.startsWith("0 runs with "));
    assertEquals(unreached, [], "situations that no run has been in");
  });

  Deno.test(`an interleaving on a ${kind} store is the same each time that its seed is run`, async () => {
    const [first, second] = await Promise.all([traceOf(17, kind), traceOf(17, kind)]);
    assert(first!.length > 100, "too few calls");
    assertEquals(first, second);
  });

  for (const [lie, what] of Object.entries(LIES)) {
    Deno.test(`the interleavings on a ${kind} store find ${what}`, async () => {
      const { code, output } = await run(1, CANARY_SEEDS, kind, lie);
      assertEquals(code, 1, `not found: ${output}`);
    });
  }
}

// In a process of its own, in which timers are those of the simulated processes.
async function run(
  seed: number,
  count: number,
  ...more: readonly string[]
): Promise<{ readonly code: number; readonly output: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      `--import-map=${join(import.meta.dirname!, "interleavings.json")}`,
      join(import.meta.dirname!, "_interleavings_main.ts"),
      String(seed),
      String(count),
      ...more,
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

// Temporary files and receipts have names that nobody foresees.
async function traceOf(seed: number, kind: string): Promise<string[]> {
  const { output } = await run(seed, 1, kind, "", "trace");
  return output.split("\n").map((call) =>
    call.replace(/[0-9a-f]{12}\.tmp/, "TEMP").replace(/\d{8}T\d{6}Z-[0-9a-f]{8}/, "RECEIPT")
  );
}
