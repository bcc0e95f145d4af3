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
import { makeSampleStore } from "./_sample_store.ts";
import { measure, type Workload } from "./_workload.ts";
import { append } from "./append.ts";
import { compact } from "./compact.ts";
import { metrics } from "./metrics.ts";
import { newest } from "./newest.ts";
import { scan } from "./scan.ts";

const WORKLOADS: { readonly [name: string]: Workload } = { append, metrics, scan, compact, newest };

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      size: { type: "string", default: "100MB" },
      rounds: { type: "string", default: "5" },
      only: { type: "string", multiple: true, default: Object.keys(WORKLOADS) },
    },
  });
  await withTemporaryDirectory("bench", async (directory) => {
    const store = join(directory, "store.ndjson");
    const records = await makeSampleStore(store, parseSize(values.size));
    // What is still on its way to the disk would be charged to whoever syncs first.
    await captureOrThrow("sync", []);
    const storeBytes = statSync(store).size;
    say(`${records} records, ${formatSize(storeBytes)}, ${values.rounds} rounds, ${machine()}`);
    for (const name of values.only) {
      const workload = WORKLOADS[name];
      if (workload === undefined) throw new Error(`Unknown workload "${name}"`);
      await measure(workload, { directory, store, storeBytes }, Number(values.rounds));
    }
  });
}

function machine(): string {
  return `Deno ${Deno.version.deno} on ${Deno.build.target}`;
}
