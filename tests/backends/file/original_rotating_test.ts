import { join } from "node:path";
import type { JsonObject } from "../../../lib/model/record.ts";
import { openStore } from "../../../lib/operations/open_store.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { asOriginal, expectedOf, FIXTURES, newestOf } from "./originals.ts";
import { openRotating } from "./_segments.ts";
import { codes, everything, NOW, receiptsOf, type StoreStage, storeTest } from "./_stores.ts";

const ROTATED_FILES = 5;
const KINDS = ["event", "audit", "dead_letter"];
// The oldest first: the original gives a file a higher number with each rotation.
const SUFFIXES = [".5", ".4", ".3", ".2", ".1", ""];

/** Puts a copy of the original's rotating store in place and returns its lines, the oldest first. */
async function copyStore({ path }: StoreStage): Promise<string[]> {
  for (const suffix of SUFFIXES) {
    await Deno.copyFile(join(FIXTURES, "rotating", `events.ndjson${suffix}`), `${path}${suffix}`);
  }
  return (await Promise.all(SUFFIXES.map((suffix) => linesOf(`${path}${suffix}`)))).flat();
}

async function linesOf(path: string): Promise<string[]> {
  const lines = (await Deno.readTextFile(path)).split("\n");
  assertEquals(lines.pop(), "");
  return lines;
}

/** The names of the store's files behind its own name, and their lines, the oldest first. */
async function filesOf({ directory }: StoreStage): Promise<Map<string, string[]>> {
  const names = (await Array.fromAsync(Deno.readDir(directory))).filter(({ isFile }) => isFile)
    .map(({ name }) => name.slice("events.ndjson".length));
  const rank = (suffix: string) => suffix === "" ? 1 : suffix.length < 4 ? -Number(suffix[1]) : 0;
  names.sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  const files = new Map<string, string[]>();
  for (const name of names) files.set(name, await linesOf(join(directory, `events.ndjson${name}`)));
  return files;
}

async function allLines(stage: StoreStage): Promise<string[]> {
  return [...(await filesOf(stage)).values()].flat()
    .filter((line) => !line.startsWith('{"kind":"checkpoint"'));
}

storeTest("the original's rotating store is read from its highest number on", async (stage) => {
  await copyStore(stage);
  const { events, audits, dead_letters } = await expectedOf("rotating");
  await using store = await openStore(stage.path);
  assertEquals(store.name, "RotatingFilePersistence");
  assertEquals(asOriginal(await store.listEvents()), events);
  assertEquals(asOriginal(await store.listAudits()), audits);
  assertEquals(asOriginal(await store.listDeadLetters()), dead_letters);
  assertEquals(asOriginal(await store.listEvents({ reverse: true })), events.toReversed());
  assertEquals(asOriginal(await store.listEvents({ limit: 40 })), events.slice(-40));
  const since = (events[30] as { timestamp: number }).timestamp;
  assertEquals(asOriginal(await store.listEvents({ since })), events.slice(30));
});

storeTest("the original's rotating store scans clean, also as a single file", async (stage) => {
  const lines = await copyStore(stage);
  await using store = openRotating(stage);
  for (const scan of [await store.scan(), await stage.scan()]) {
    assertEquals([scan.anomalies, scan.healthy, scan.foreignLines], [[], true, lines.length]);
  }
  assertEquals((await store.recover()).changed, false);
  assertEquals(await allLines(stage), lines);
});

storeTest(
  "between the original's rotation and its next write there is no active file",
  async (stage) => {
    const lines = await copyStore(stage);
    await Deno.remove(stage.path);
    await using store = await openStore(stage.path);
    const active = (await linesOf(join(FIXTURES, "rotating", "events.ndjson"))).length;
    const { anomalies, foreignLines } = await store.scan();
    assertEquals([anomalies, foreignLines], [[], lines.length - active]);
  },
);

storeTest(
  "a hole in the numbers of rotated files is told, and all others are read",
  async (stage) => {
    const lines = await copyStore(stage);
    await Deno.remove(`${stage.path}.3`);
    const { anomalies, healthy, foreignLines } = await stage.scan();
    assertEquals(anomalies.map(({ code, file }) => [code, file]), [
      ["ORPHANED_ROTATED_FILE", `${stage.path}.4`],
    ]);
    assertEquals(healthy, true);
    assert(foreignLines > 0 && foreignLines < lines.length);
    assert(anomalies[0]!.reason.includes(`"${stage.path}.3" is missing`));
  },
);

storeTest("damage in a rotated file is mended in that file only", async (stage) => {
  await copyStore(stage);
  const before = await filesOf(stage);
  const [first, second, ...others] = before.get(".3")!;
  await Deno.writeTextFile(
    `${stage.path}.3`,
    [first!.slice(0, 35) + second, ...others, ""].join("\n"),
  );
  await using store = openRotating(stage);
  const { before: found, after, removedBytes, removed } = await store.recover();
  assertEquals(found.anomalies.map(({ file }) => file), [`${stage.path}.3`]);
  assertEquals([after.anomalies, after.healthy, removedBytes], [[], true, 35]);
  assertEquals(removed.map(({ file }) => file), [`${stage.path}.3`]);
  assertEquals(await filesOf(stage), before.set(".3", [second!, ...others]));
});

storeTest("compaction removes expired rotated files whole, the oldest first", async (stage) => {
  const lines = await copyStore(stage);
  const before = await filesOf(stage);
  await using store = openRotating(stage);
  const plan = await store.compact({ retention: { maxRecords: 12 }, dryRun: true });
  assertEquals(await filesOf(stage), before);
  const report = await store.compact({ retention: { maxRecords: 12 } });
  assertEquals([report.removedRecords, report.afterBytes], [plan.removedRecords, plan.afterBytes]);
  const newest = new Set(KINDS.flatMap((kind) => newestOf(lines, kind, 12)));
  assertEquals(await allLines(stage), lines.filter((line) => newest.has(line)));
  const left = [...(await filesOf(stage)).keys()];
  const removed = SUFFIXES.filter((suffix) => !left.includes(suffix));
  assert(removed.length > 1);
  assertEquals(removed, SUFFIXES.slice(0, removed.length));
  const receipts = (await receiptsOf(store)).filter(({ details }) => details["new"] === null);
  assertEquals(receipts.map(({ details }) => details["file"]), removed.map((s) => stage.path + s));
  assertEquals(codes(await store.scan()), []);
});

storeTest("compaction to nothing leaves the active file of the original", async (stage) => {
  await copyStore(stage);
  await using store = openRotating(stage);
  const { afterRecords } = await store.compact({ retention: { maxRecords: 0 } });
  assertEquals([afterRecords, await filesOf(stage)], [0, new Map([["", []]])]);
  assertEquals(codes(await store.scan()), []);
});

storeTest("the original's rotating store goes on as ours with the next write", async (stage) => {
  const lines = await copyStore(stage);
  const before = await filesOf(stage);
  const foreign = before.get("")!.length;
  await using store = openRotating(stage, { maxRecords: 2 });
  for (let seq = 1; seq <= 5; seq++) {
    assertEquals((await store.recordEvent({ timestamp: NOW, eventType: "New" })).firstSeq, seq);
  }
  const files = await filesOf(stage);
  const ours = [".0000000000000001", ".0000000000000003", ""];
  assertEquals([...files.keys()], [...SUFFIXES.slice(0, ROTATED_FILES), ...ours]);
  // What was the original's active file is sealed with our first records behind its lines.
  assertEquals(ours.map((suffix) => files.get(suffix)!.length), [foreign + 2, 2, 1]);
  for (const suffix of SUFFIXES.slice(0, ROTATED_FILES)) {
    assertEquals(files.get(suffix), before.get(suffix));
  }
  assertEquals((await allLines(stage)).slice(0, lines.length), lines);
  assertEquals((await everything(store)).map(({ seq }) => seq).slice(-6), [null, 1, 2, 3, 4, 5]);
  assertEquals(codes(await store.scan()), []);
  const numbered = await store.listEvents({ afterSeq: 1 });
  assertEquals(numbered.map(({ seq }) => seq), [2, 3, 4, 5]);
});

storeTest(
  "compaction of originals and segments together removes from the oldest",
  async (stage) => {
    const lines = await copyStore(stage);
    await using store = openRotating(stage, { maxRecords: 2 });
    for (let seq = 1; seq <= 5; seq++) {
      await store.recordEvent({
        timestamp: NOW,
        eventType: "New",
      });
    }
    await store.compact({ retention: { maxRecords: 4 } });
    const others = KINDS.slice(1).flatMap((kind) => newestOf(lines, kind, 4));
    const left = await allLines(stage);
    assertEquals(left.slice(0, -4), lines.filter((line) => others.includes(line)));
    assertEquals(left.slice(-4).map((line) => (JSON.parse(line) as JsonObject)["seq"]), [
      2,
      3,
      4,
      5,
    ]);
    assertEquals(codes(await store.scan()), []);
    assertEquals((await store.recordEvent({ eventType: "Next" })).firstSeq, 6);
    await store.compact({ retention: { maxRecords: 0 } });
    assertEquals([...(await filesOf(stage)).keys()], [""]);
    assertEquals((await store.recordEvent({ eventType: "Next" })).firstSeq, 7);
    assertEquals(codes(await store.scan()), []);
  },
);
