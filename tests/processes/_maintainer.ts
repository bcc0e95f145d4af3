/**
 * Runs one operation on a store again and again, and prints how each run ended as a line of JSON.
 *
 * Arguments: path, operation, its options as JSON. Ends once standard input does.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import type { CompactionOptions, RecoveryConfig } from "../../mod.ts";
import { JsonFilePersistence, PapyraError } from "../../mod.ts";
import type { Run } from "./_runs.ts";

const [path, operation, json = "{}"] = process.argv.slice(2);
const options: unknown = JSON.parse(json);
let isStopped = false;
process.stdin.on("end", () => isStopped = true).on("error", () => isStopped = true).resume();

const store = new JsonFilePersistence(path!);
const OPERATIONS: { readonly [name: string]: () => Promise<Run> } = {
  async compact() {
    const { changed, removedRecords } = await store.compact(options as CompactionOptions);
    return { changed, removedRecords };
  },
  async recover() {
    const { changed, after } = await store.recover(options as RecoveryConfig);
    return { changed, anomalies: after.anomalies };
  },
  async scan() {
    const { anomalies, healthy } = await store.scan();
    return { changed: !healthy, anomalies };
  },
};

while (!isStopped) {
  say({ begun: true });
  say(await run());
}
await store.close();
process.exit(0);

async function run(): Promise<Run> {
  try {
    return await OPERATIONS[operation!]!();
  } catch (error) {
    if (!(error instanceof PapyraError)) throw error;
    return { changed: false, error: error.code, message: error.message };
  }
}

function say(run: Run | { readonly begun: true }): void {
  writeSync(1, `${JSON.stringify(run)}\n`);
}
