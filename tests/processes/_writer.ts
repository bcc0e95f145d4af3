/**
 * Writes to a store and prints what was acknowledged: `INDEX FIRST_SEQ COUNT`, a line for each batch.
 *
 * Arguments: path, writer, records (0 for as many as it takes), largest batch, batches in flight,
 * milliseconds between batches, durability, records a segment (0 for one file). Ends with the last
 * record, or once standard input does.
 *
 * @module
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { JsonFilePersistence, RotatingFilePersistence } from "../../mod.ts";
import { parseDurability } from "../../lib/model/mode.ts";
import { Orders } from "./_orders.ts";
import { recordOf } from "./_records.ts";

const [path, ...args] = process.argv.slice(2);
const durability = parseDurability(args[5] ?? "always");
const [writer = 0, count = 0, batchMax = 1, inFlight = 1, pauseMs = 0, , maxRecords = 0] = args
  .map(Number);
const end = count === 0 ? Infinity : count;
const orders = new Orders();
let next = 0;

const options = { durability, fileSystem: orders.fileSystem };
const store = maxRecords === 0
  ? new JsonFilePersistence(path!, options)
  : new RotatingFilePersistence(path!, { ...options, maxRecords });
while (next < end && await orders.goOn()) {
  await Promise.all(Array.from({ length: inFlight }, write));
}
await store.close();
process.exit(0);

async function write(): Promise<void> {
  while (next < end && orders.isGo) {
    const index = next;
    const size = Math.min(1 + index % batchMax, end - index);
    next += size;
    const batch = Array.from({ length: size }, (_, offset) => recordOf(writer, index + offset));
    const { firstSeq } = await store.recordMany(batch);
    // At once: what is said before a kill was acknowledged, and nothing else.
    writeSync(1, `${index} ${firstSeq} ${size}\n`);
    if (pauseMs > 0) await setTimeout(pauseMs);
  }
}
