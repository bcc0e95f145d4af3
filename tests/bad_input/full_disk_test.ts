import { join } from "node:path";
import {
  type Acknowledgement,
  JsonFilePersistence,
  PapyraError,
  type Receipt,
  type RecordInput,
} from "../../mod.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../_assert.ts";
import { availableDisks, fill, free, type SmallDisk, withSmallDisk } from "../_small_disk.ts";

const BATCH = 500;
const TORN = '{"kind":"event","timestamp":17';
const PADDING = "x".repeat(200);

/** What is tried on each kind of disk. */
const TRIALS: { readonly [name: string]: (disk: SmallDisk) => Promise<void> } = {
  "a batch that the disk is too full for is not written": tryBatches,
  "a compaction that the disk is too full for changes nothing": tryCompaction,
  "a repair that the disk is too full for changes nothing": tryRepair,
  "damage at the tail is cut in place and printed": tryCut,
  "damage at the tail is cut in place and kept where there is room for it": tryKeepingCut,
  "more damage than there is room for is cut in place and printed": tryLargeCut,
};

for (const kind of await availableDisks()) {
  for (const [name, attempt] of Object.entries(TRIALS)) {
    Deno.test(`on a full disk (${kind}) ${name}`, () => withSmallDisk(kind, attempt));
  }
}

async function tryBatches(disk: SmallDisk): Promise<void> {
  await using store = storeOn(disk);
  const { acknowledged, refused } = await writeUntilRefused(store);
  assertEquals(refused.code, "NOT_WRITTEN");
  assertStringIncludes(refused.message, "the disk is full; free space and try again (ENOSPC)");
  await expectRecords(store, acknowledged);
  await fill(disk);
  await assertRejects(() => store.recordMany(batch(0)), PapyraError, "nothing was written");
  await expectRecords(store, acknowledged);
  await free(disk);
  const { firstSeq } = await store.recordEvent({ eventType: "After" });
  assert(firstSeq! > acknowledged.length, "a number was given twice");
  assertEquals((await store.scan()).anomalies, []);
}

async function tryCompaction(disk: SmallDisk): Promise<void> {
  await using store = await halfFullStore(disk);
  const before = await Deno.readFile(store.location);
  const count = (await store.scan()).records.event;
  await fill(disk, 64 * 1024);
  const retention = { maxRecords: count - 1 };
  await expectFull(() => store.compact({ retention }), "Cannot compact");
  await expectUntouched(store, before);
  await free(disk);
  assertEquals((await store.compact({ retention })).removedRecords, 1);
  await expectNoneOpen(store);
}

async function tryRepair(disk: SmallDisk): Promise<void> {
  await using store = await halfFullStore(disk);
  const before = await Deno.readFile(store.location);
  before[1000]! ^= 1;
  await Deno.writeFile(store.location, before);
  await fill(disk);
  await expectFull(() => store.recover(), "Cannot recover");
  const quarantineDir = join(disk.directory, "quarantine");
  await expectFull(() => store.recover({ mode: "quarantine", quarantineDir }), "Cannot recover");
  assertEquals(await Deno.readFile(store.location), before);
  await free(disk);
  assertEquals((await store.recover()).after.anomalies, []);
  await expectNoneOpen(store);
}

async function tryCut(disk: SmallDisk): Promise<void> {
  await using store = await tornStore(disk, TORN);
  const before = await Deno.readFile(store.location);
  await fill(disk);
  const { after, unstored, removedBytes, receipt, kept } = await store.recover();
  assertEquals([after.anomalies, receipt, kept], [[], null, []]);
  assertEquals([atob(unstored), removedBytes], [TORN, TORN.length]);
  assertEquals(await Deno.readFile(store.location), before.subarray(0, -TORN.length));
}

async function tryKeepingCut(disk: SmallDisk): Promise<void> {
  await using store = await tornStore(disk, TORN);
  await fill(disk, 16 * 1024);
  const { after, unstored, receipt } = await store.recover();
  assertEquals([after.anomalies, unstored], [[], ""]);
  const [kept] = await receiptsOf(store);
  assertEquals([kept?.id, kept?.outcome], [receipt, "done"]);
  const removed = kept?.details["removed"] as readonly { readonly text: string }[];
  assertEquals(removed.map(({ text }) => text), [TORN]);
}

async function tryLargeCut(disk: SmallDisk): Promise<void> {
  const junk = `{"${"junk ".repeat(20_000)}`;
  await using store = await tornStore(disk, junk);
  await fill(disk, 32 * 1024);
  const { after, unstored, kept } = await store.recover();
  assertEquals([after.anomalies, kept], [[], []]);
  assertEquals(atob(unstored), junk);
  await expectNoneOpen(store);
}

function storeOn({ directory, fileSystem }: SmallDisk): JsonFilePersistence {
  return new JsonFilePersistence(join(directory, "facts.ndjson"), { fileSystem });
}

function batch(first: number): RecordInput[] {
  return Array.from({ length: BATCH }, (_, index) => ({
    kind: "event",
    eventType: "Tick",
    payload: { n: first + index, PADDING },
  }));
}

/** Several batches at once, as long as there is room: the numbers of those that were acknowledged. */
async function writeUntilRefused(
  store: JsonFilePersistence,
): Promise<{ readonly acknowledged: readonly number[]; readonly refused: PapyraError }> {
  const acknowledged: number[] = [];
  let refused: unknown;
  for (let round = 0; refused === undefined; round++) {
    const firsts = [0, 1, 2].map((index) => (round * 3 + index) * BATCH);
    const results = await Promise.allSettled(firsts.map((first) => store.recordMany(batch(first))));
    for (const [index, result] of results.entries()) {
      if (result.status === "rejected") refused ??= result.reason;
      else acknowledged.push(...numbersOf(firsts[index]!, result.value));
    }
  }
  assert(refused instanceof PapyraError, String(refused));
  return { acknowledged, refused };
}

function numbersOf(first: number, { count }: Acknowledgement): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** What was acknowledged is there once; what was refused is not, and nothing is damaged. */
async function expectRecords(
  store: JsonFilePersistence,
  acknowledged: readonly number[],
): Promise<void> {
  const events = await store.listEvents();
  assertEquals(events.map(({ payload }) => payload["n"] as number), [...acknowledged]);
  assertEquals((await store.scan()).anomalies, []);
}

async function halfFullStore(disk: SmallDisk): Promise<JsonFilePersistence> {
  // Closed, so that it has its sidecar before the disk is full.
  await using store = storeOn(disk);
  for (let round = 0; round < 10; round++) await store.recordMany(batch(round * BATCH));
  return storeOn(disk);
}

async function tornStore(disk: SmallDisk, tail: string): Promise<JsonFilePersistence> {
  const store = await halfFullStore(disk);
  await Deno.writeTextFile(store.location, tail, { append: true });
  return store;
}

async function expectFull(attempt: () => Promise<unknown>, what: string): Promise<void> {
  const error = await assertRejects(attempt, PapyraError, what);
  assertEquals(error.code, "IO_ERROR");
  assertStringIncludes(error.message, "the disk is full; free space and try again (ENOSPC)");
}

async function expectUntouched(store: JsonFilePersistence, before: Uint8Array): Promise<void> {
  assertEquals(await Deno.readFile(store.location), before);
  assertEquals((await store.scan()).anomalies, []);
}

async function receiptsOf(store: JsonFilePersistence): Promise<Receipt[]> {
  const receipts: Receipt[] = [];
  for await (const receipt of store.history()) receipts.push(receipt);
  return receipts;
}

async function expectNoneOpen(store: JsonFilePersistence): Promise<void> {
  const open = (await receiptsOf(store)).filter(({ outcome }) => outcome === "pending");
  assertEquals(open, []);
  assertEquals((await store.scan()).anomalies, []);
}
