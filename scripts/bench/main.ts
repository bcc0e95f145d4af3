/**
 * Measures Papyra beside the plainest tool or loop that does the same work, on this machine and disk.
 *
 * ```sh
 * deno task bench
 * deno task bench --size 1GB --rounds 9 --only scan
 * ```
 *
 * @module
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatSize, parseSize } from "../../lib/model/units.ts";
import { captureOrThrow } from "../_run.ts";
import { say } from "../_say.ts";
import { withTemporaryDirectory } from "../_temporary_directory.ts";
import { tableLines } from "./_table.ts";
import { makeSampleStore } from "./_sample_store.ts";
import { RUNTIMES } from "./_subject.ts";
import { measureInTurns } from "./_turns.ts";
import type { BenchContext, Workload } from "./_workload.ts";
import { bufferedAppend, durableAppend, durableAppendOfLarge } from "./append.ts";

const WORKLOADS: { readonly [name: string]: (context: BenchContext) => readonly Workload[] } = {
  append: (context) => RUNTIMES.map((runtime) => durableAppend(context, runtime)),
  large: (context) => RUNTIMES.map((runtime) => durableAppendOfLarge(context, runtime)),
  buffered: (context) => RUNTIMES.map((runtime) => bufferedAppend(context, runtime)),
};

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      size: { type: "string", default: "300MB" },
      rounds: { type: "string", default: "5" },
      only: { type: "string", multiple: true, default: Object.keys(WORKLOADS) },
    },
  });
  await withTemporaryDirectory("bench", async (directory) => {
    const store = join(directory, "store.ndjson");
    const storeRecords = await makeSampleStore(store, parseSize(values.size));
    // What is still on its way to the disk would be charged to whoever syncs first.
    await captureOrThrow("sync", []);
    const storeBytes = statSync(store).size;
    const context = { directory, store, storeBytes, storeRecords };
    say(`${storeRecords} records, ${formatSize(storeBytes)}, ${values.rounds} rounds`);
    for (const name of values.only) {
      for (const workload of WORKLOADS[name]!(context)) {
        const figures = await measureInTurns(workload, Number(values.rounds));
        for (const line of tableLines(figures)) say(line);
        say("");
      }
    }
  });
}
