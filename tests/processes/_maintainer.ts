/**
 * Runs one operation on a store again and again, and prints how each run ended as a line of JSON.
 *
 * Arguments: path, operation, its options as JSON, or an array of them to be taken by turns. Ends once
 * standard input does.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import type { CompactionOptions, RecoveryConfig } from "../../mod.ts";
import { JsonFilePersistence, PapyraError } from "../../mod.ts";
import { Orders } from "./_orders.ts";
import { type Kept, ReadingCheck } from "./_reading_check.ts";
import { originOf } from "./_records.ts";
import type { Run } from "./_runs.ts";

const NEWEST = 100;
const [path, operation, json = "{}"] = process.argv.slice(2);
const turns: unknown[] = [JSON.parse(json)].flat();
const orders = new Orders();

const store = new JsonFilePersistence(path!, { fileSystem: orders.fileSystem });
const OPERATIONS: { readonly [name: string]: (options: unknown) => Promise<Run> } = {
  async compact(options) {
    const { changed, removedRecords } = await store.compact(options as CompactionOptions);
    return { changed, removedRecords };
  },
  async recover(options) {
    const { changed, before, after } = await store.recover(options as RecoveryConfig);
    return { changed, before: before.anomalies, anomalies: after.anomalies };
  },
  async scan() {
    const { anomalies, healthy } = await store.scan();
    return { changed: !healthy, anomalies };
  },
  async read(options) {
    const { kept = {} } = options as { readonly kept?: Kept };
    const reading = new ReadingCheck(kept);
    for await (const record of store.records()) {
      reading.take({ kind: record.kind, seq: record.seq!, ...originOf(record) });
    }
    reading.end(readBefore);
    readBefore = reading;
    await expectNewest(reading.lastSeq);
    return { changed: reading.count > 0 };
  },
};
let readBefore: ReadingCheck | undefined;

for (let turn = 0; await orders.goOn(); turn++) {
  say({ begun: true });
  say(await run(turns[turn % turns.length]));
}
await store.close();
process.exit(0);

/** The newest come from the end of the file, newest first. */
async function expectNewest(lastSeq: number): Promise<void> {
  let last = Infinity;
  for await (const { seq } of store.records(undefined, { limit: NEWEST, reverse: true })) {
    if (last === Infinity && seq! < lastSeq) throw new Error("The newest are not the newest");
    if (seq! >= last) throw new Error(`Record ${seq} stands before ${last}`);
    last = seq!;
  }
}

async function run(options: unknown): Promise<Run> {
  try {
    return await OPERATIONS[operation!]!(options);
  } catch (error) {
    if (!(error instanceof PapyraError)) throw error;
    return { changed: false, error: error.code, message: error.message };
  }
}

function say(run: Run | { readonly begun: true }): void {
  writeSync(1, `${JSON.stringify(run)}\n`);
}
