/** Faults of the original, each a test that it fails. The numbers are those of its list of faults. */

import {
  COUNTER_NAMES,
  createRecorder,
  InMemoryPersistence,
  JsonFilePersistence,
} from "../../mod.ts";
import { checkStartup } from "../../lib/operations/startup.ts";
import { assert, assertEquals, assertRejects } from "../_assert.ts";
import { SimulatedDisk } from "./_simulated_disk.ts";
import { type Fate, type Operation, SimulatedFileSystem } from "./_simulated_file_system.ts";
import { STORE_PATH } from "./_workload.ts";

const encoder = new TextEncoder();

/** A disk with an empty directory for the store. */
function newDisk(): SimulatedDisk {
  const disk = new SimulatedDisk();
  disk.makeDirectory("/data");
  return disk;
}

/** Opens the store; the first operation that `isDoomed` names fails with EIO. */
function open(disk: SimulatedDisk, isDoomed: (operation: Operation) => boolean = () => false) {
  let isPast = false;
  const fileSystem = new SimulatedFileSystem(disk, (operation): Fate => {
    if (isPast || !isDoomed(operation)) return "happens";
    isPast = true;
    return { code: "EIO" };
  });
  return new JsonFilePersistence(STORE_PATH, { fileSystem });
}

async function namesIn(store: JsonFilePersistence): Promise<string[]> {
  return (await store.listEvents()).map(({ eventType }) => eventType);
}

async function recordNames(store: JsonFilePersistence, names: readonly string[]): Promise<void> {
  for (const eventType of names) await store.recordEvent({ eventType });
}

/** Replaces the store's bytes, as a disk or an editor would. */
function edit(disk: SimulatedDisk, change: (content: Uint8Array) => Uint8Array): void {
  const inode = disk.find(STORE_PATH)!;
  const changed = change(inode.content);
  inode.truncate(0);
  inode.append(changed);
  inode.sync();
}

function editText(disk: SimulatedDisk, change: (text: string) => string): void {
  edit(disk, (content) => encoder.encode(change(new TextDecoder().decode(content))));
}

Deno.test("fault 1: a failed sync leaves nothing behind that a retry would double", async () => {
  const disk = newDisk();
  const isSync = ({ name, path }: Operation) => name.startsWith("sync") && path === STORE_PATH;
  const failing = open(disk, isSync);
  const error = await assertRejects(() => failing.recordEvent({ eventType: "once" }));
  assertEquals((error as { code?: unknown }).code, "NOT_WRITTEN");
  await failing.close().catch(() => {});
  await using store = open(disk);
  await recordNames(store, ["once"]);
  assertEquals(await namesIn(store), ["once"]);
});

for (const operation of ["rename", "link"]) {
  Deno.test(`fault 3: a maintenance run whose ${operation} fails leaves the store as it was`, async () => {
    const disk = newDisk();
    disk.makeDirectory("/quarantine");
    const names = Array.from({ length: 60 }, (_, index) => `e${index}`);
    const writer = open(disk);
    await recordNames(writer, names);
    await writer.close();
    if (operation === "link") editText(disk, (text) => `${text}junk\n`);
    const isFinal = ({ name, path }: Operation) => name === operation && !path.includes(".json");
    const store = open(
      disk,
      (step) => isFinal(step) || (step.name === "rename" && step.path === STORE_PATH),
    );
    await assertRejects(() =>
      operation === "rename"
        ? store.compact({ retention: { maxRecords: 1 } })
        : store.recover({ mode: "quarantine", quarantineDir: "/quarantine" })
    );
    assertEquals(await namesIn(store), names);
    assertEquals((await store.scan()).exists, true);
    await store.close();
  });
}

Deno.test("fault 4: a torn tail swallows no record, and a last line without newline stays", async () => {
  const disk = newDisk();
  await using store = open(disk);
  await recordNames(store, ["a"]);
  editText(disk, (text) => `${text}{"kind":"event","time`);
  await recordNames(store, ["b"]);
  assertEquals(await namesIn(store), ["a", "b"]);
  editText(disk, (text) => text.slice(0, -1));
  assert((await store.recover()).after.healthy);
  assertEquals(await namesIn(store), ["a", "b"]);
});

Deno.test("fault 5: an invalid byte stops neither scan, list, compaction nor recovery", async () => {
  const disk = newDisk();
  await using store = open(disk);
  await recordNames(store, ["a", "b", "c"]);
  edit(disk, (content) => {
    const changed = content.slice();
    changed[content.indexOf(0x0a) + 20] = 0xff;
    return changed;
  });
  assertEquals((await store.scan()).anomalyCounts, { INVALID_UTF8: 1 });
  assertEquals(await namesIn(store), ["a", "c"]);
  assertEquals((await store.compact({ retention: { maxRecords: 1 } })).damagedLines, 1);
  assert((await store.recover()).after.healthy);
  assertEquals(await namesIn(store), ["c"]);
});

const UNNOTICED: readonly { readonly what: string; readonly change: (text: string) => string }[] = [
  { what: "a changed value", change: (text) => text.replace('"b"', '"c"') },
  { what: "a removed record", change: (text) => text.replace(/^.*"b".*\n/m, "") },
  { what: "a scalar", change: (text) => `42\n${text}` },
];

for (const { what, change } of UNNOTICED) {
  Deno.test(`fault 6: ${what} is noticed`, async () => {
    const disk = newDisk();
    await using store = open(disk);
    await recordNames(store, ["a", "b", "x"]);
    editText(disk, change);
    assert(!(await store.scan()).healthy);
  });
}

Deno.test("fault 7: a compaction beside a writer loses no acknowledged record", async () => {
  const disk = newDisk();
  await using writer = open(disk);
  await using compactor = open(disk);
  let acknowledged = 0;
  for (let round = 0; round < 20; round++) {
    const writing = Array.from(
      { length: 50 },
      (_, index) =>
        writer.recordDeadLetter({ messageType: `${round}-${index}` }).then(() => acknowledged++),
    );
    await Promise.all([
      ...writing,
      writer.recordEvent({ eventType: "noise" }),
      compactor.compact({ retention: { byKind: { event: { maxRecords: 1 } } } }),
    ]);
  }
  const letters = await writer.listDeadLetters();
  assertEquals(letters.length, acknowledged);
  assertEquals(new Set(letters.map(({ messageType }) => messageType)).size, acknowledged);
  assert((await writer.scan()).healthy);
});

Deno.test("fault 8: a failing store does not reach the host of a recorder", async () => {
  const disk = newDisk();
  disk.freeBytes = 0;
  await using store = open(disk);
  const recorder = createRecorder(store);
  recorder.event({ eventType: "lost" });
  await recorder.close();
  assertEquals(recorder.stats.dropped.refused, 1);
});

Deno.test("fault 9: the order in the file is the order of the calls", async () => {
  await using store = open(newDisk());
  const names = Array.from({ length: 500 }, (_, index) => `e${index}`);
  await Promise.all(names.map((eventType) => store.recordEvent({ eventType })));
  assertEquals(await namesIn(store), names);
});

Deno.test("fault 10: retention counts each kind by itself, stored bytes, and drops nothing undated", async () => {
  const disk = newDisk();
  await using store = open(disk);
  await store.recordDeadLetter({ messageType: "kept" });
  await recordNames(store, Array.from({ length: 50 }, (_, index) => `e${index}`));
  const limited = { maxRecords: 10 };
  assertEquals((await store.listDeadLetters({ retention: limited })).length, 1);
  assertEquals((await store.listEvents({ retention: limited })).length, 10);
  const lines = new TextDecoder().decode(disk.find(STORE_PATH)!.content).trimEnd().split("\n");
  const lastTwoBytes = lines.slice(-2).reduce((sum, line) => sum + line.length + 1, 0);
  assertEquals((await store.listEvents({ retention: { maxTotalBytes: lastTwoBytes } })).length, 2);
  editText(disk, (text) => `${text}{"kind":"event","event_type":"undated"}\n`);
  // What was recorded in this very millisecond is not older than 0 seconds.
  for (const recordedMs = Date.now(); Date.now() === recordedMs;);
  const dated = await store.listEvents({ retention: { maxAgeSeconds: 0 } });
  assertEquals(dated.map(({ eventType }) => eventType), ["undated"]);
});

Deno.test("fault 11: leftovers are told apart from damage, and the next recovery clears them", async () => {
  const disk = newDisk();
  disk.makeDirectory("/quarantine");
  await using store = open(disk);
  await recordNames(store, ["a", "b"]);
  disk.makeDirectory("/data/.events.ndjson.papyra");
  disk.create("/data/.events.ndjson.papyra/rewrite.0123456789ab.tmp");
  const scan = await store.scan();
  assertEquals([scan.healthy, scan.anomalyCounts], [true, { LEFTOVER_TEMP_FILE: 1 }]);
  editText(disk, (text) => text.replace('"a"', '"x"'));
  const quarantine = { mode: "quarantine", quarantineDir: "/quarantine" } as const;
  const { verdict } = await checkStartup(store, { mode: "recover", recovery: quarantine });
  assertEquals(verdict, "recovered");
  assertEquals((await store.scan()).anomaliesTotal, 0);
});

Deno.test("fault 13: a recovery without configuration repairs, and scan_only changes nothing", async () => {
  const disk = newDisk();
  await using store = open(disk);
  await recordNames(store, ["a"]);
  editText(disk, (text) => `${text}junk\n`);
  const before = disk.find(STORE_PATH)!.content;
  assertEquals((await checkStartup(store, { mode: "scan_only" })).verdict, "anomalies_reported");
  assertEquals(disk.find(STORE_PATH)!.content, before);
  assertEquals((await checkStartup(store, { mode: "recover" })).verdict, "recovered");
  assert((await store.scan()).healthy);
});

Deno.test("fault 14: a compaction of a file gives its figures", async () => {
  await using store = open(newDisk());
  await recordNames(store, ["a", "b", "c"]);
  const report = await store.compact({ retention: { maxRecords: 1 } });
  assertEquals([report.beforeRecords, report.afterRecords, report.removedRecords], [3, 1, 2]);
  assertEquals(report.beforeBytes - report.afterBytes, report.reclaimedBytes);
});

Deno.test("fault 15: counters belong to the store, errors included, and a reset clears them all", async () => {
  const disk = newDisk();
  const writer = open(disk);
  await recordNames(writer, ["a", "b"]);
  editText(disk, (text) => text.replace('"b"', '"x"'));
  assertEquals(await namesIn(writer), ["a"]);
  await writer.close();
  await using reader = open(disk);
  const { records_written, records_read, read_errors } = await reader.metrics.snapshot();
  assertEquals([records_written, records_read, read_errors], [2, 1, 1]);
  await reader.metrics.reset();
  const zeros = await reader.metrics.snapshot();
  assertEquals(COUNTER_NAMES.filter((name) => zeros[name] !== 0), []);
});

Deno.test("fault 16: a bad argument is no finding", async () => {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "cli.ts", "persistence", "scan", "--limit", "x", "--path", "nowhere"],
    cwd: new URL("../..", import.meta.url),
  }).output();
  assertEquals(code, 64);
  await using store = new InMemoryPersistence();
  await assertRejects(() => store.listEvents({ limit: -1 }));
});
