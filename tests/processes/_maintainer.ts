/**
 * Runs one operation on a store again and again, and prints how each run ended as a line of JSON.
 *
 * Arguments: path, operation, its options as JSON. Ends once standard input does.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import type { CompactionOptions, RecordQuery, RecoveryConfig } from "../../mod.ts";
import { JsonFilePersistence, PapyraError } from "../../mod.ts";
import type { Run } from "./_runs.ts";

const NEWEST = 100;
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
  async read() {
    const seqs = await seqsOf({});
    const newest = (await seqsOf({ limit: NEWEST, reverse: true })).reverse();
    if (seqs.length < readBefore) throw new Error(`${readBefore - seqs.length} records are gone`);
    for (const each of [seqs, newest]) {
      const at = each.findIndex((seq, index) => index > 0 && seq <= each[index - 1]!);
      if (at !== -1) throw new Error(`Record ${each[at]} stands behind ${each[at - 1]}`);
    }
    if ((newest.at(-1) ?? 0) < (seqs.at(-1) ?? 0)) throw new Error("The newest are not the newest");
    readBefore = seqs.length;
    return { changed: seqs.length > 0 };
  },
};
let readBefore = 0;

while (!isStopped) {
  say({ begun: true });
  say(await run());
}
await store.close();
process.exit(0);

/** The numbers of what no retention of these tests takes away. */
async function seqsOf(query: RecordQuery): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of store.records(["event", "dead_letter"], query)) seqs.push(seq!);
  return seqs;
}

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
