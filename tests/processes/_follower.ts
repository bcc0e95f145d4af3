/**
 * Follows a store and prints what comes: `KIND SEQ`, a line for each record.
 *
 * Arguments: path, kinds (separated by commas), records after which it leaves, and goes on anew behind
 * the last number (0 for never). Ends once standard input does.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import type { RecordKind } from "../../mod.ts";
import { JsonFilePersistence } from "../../mod.ts";

const [path, kinds, leaveAfter] = process.argv.slice(2);
const wanted = kinds!.split(",") as RecordKind[];
const turn = Number(leaveAfter) || Infinity;
const stopper = new AbortController();
process.stdin.on("data", () => {});
for (const event of ["end", "error"]) process.stdin.on(event, () => stopper.abort());

const store = new JsonFilePersistence(path!);
let afterSeq = 0;
try {
  for (;;) await takeTurn();
} catch (error) {
  if (!stopper.signal.aborted) throw error;
}
await store.close();
process.exit(0);

async function takeTurn(): Promise<void> {
  let left = turn;
  for await (const { kind, seq } of store.follow(wanted, { afterSeq, signal: stopper.signal })) {
    writeSync(1, `${kind} ${seq}\n`);
    afterSeq = seq!;
    if (--left === 0) return;
  }
}
