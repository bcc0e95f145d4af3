/** Faults of the original's rotating store, each a test that it fails, on a store that it left. */

import type { PersistenceBackend } from "../../lib/backend/backend.ts";
import { type RotatingFileOptions, RotatingFilePersistence } from "../../mod.ts";
import { checkStartup } from "../../lib/operations/startup.ts";
import { assert, assertEquals } from "../_assert.ts";
import { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";
import { filesOf, SIDECAR_PATH, STORE_PATH } from "./_workload.ts";

const ROTATED_FILES = 5;
const RECORDS_A_FILE = 10;
const OLD_NAMES = namesFrom(0, (ROTATED_FILES + 1) * RECORDS_A_FILE);

function namesFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `e${first + index}`);
}

/** A disk with the original's rotating store, every slot of which is taken. */
function originalDisk(): SimulatedDisk {
  const disk = new SimulatedDisk();
  disk.makeDirectory("/data");
  disk.makeDirectory("/data/damaged");
  for (let file = 0; file <= ROTATED_FILES; file++) {
    const number = ROTATED_FILES - file;
    const lines = OLD_NAMES.slice(file * RECORDS_A_FILE, (file + 1) * RECORDS_A_FILE).map((name) =>
      `{"system_id": "local", "event_type": "${name}", "timestamp": 1.5, "kind": "event"}\n`
    );
    const inode = disk.create(number === 0 ? STORE_PATH : `${STORE_PATH}.${number}`);
    inode.append(new TextEncoder().encode(lines.join("")));
  }
  disk.sync();
  return disk;
}

function open(disk: SimulatedDisk, options: RotatingFileOptions = {}): RotatingFilePersistence {
  const fileSystem = new SimulatedFileSystem(disk);
  return new RotatingFilePersistence(STORE_PATH, { fileSystem, ...options });
}

async function namesIn(store: PersistenceBackend): Promise<string[]> {
  return (await store.listEvents()).map(({ eventType }) => eventType);
}

Deno.test("fault 2: rotation goes on, also where every slot of the original is taken", async () => {
  const disk = originalDisk();
  await using store = open(disk, { maxBytes: 500 });
  const before = new Set(filesOf(disk).map(({ identity }) => identity));
  const names = namesFrom(OLD_NAMES.length, 200);
  for (const eventType of names) await store.recordEvent({ eventType });
  assertEquals(await namesIn(store), [...OLD_NAMES, ...names]);
  const ours = filesOf(disk).filter(({ identity }) => !before.has(identity));
  assert(ours.length > 40);
  for (const { path, content } of ours) assert(content.length <= 500, path);
  assertEquals((await store.scan()).anomaliesTotal, 0);
});

Deno.test("fault 2: a limit of one file costs sealed ones, and never the live one", async () => {
  const disk = originalDisk();
  await using store = open(disk, { maxRecords: 10, maxFiles: 1 });
  const names = namesFrom(OLD_NAMES.length, 35);
  for (const eventType of names) await store.recordEvent({ eventType });
  const left = await namesIn(store);
  assertEquals(left, names.slice(20));
  let dropped = 0;
  for await (const { details } of store.history()) {
    dropped += (details["removed"] as { event?: { records: number } }).event?.records ?? 0;
  }
  assertEquals(dropped, OLD_NAMES.length + 20);
  assertEquals((await store.scan()).anomaliesTotal, 0);
});

Deno.test("fault 3: a compaction that fails anywhere leaves what retention keeps", async () => {
  const kept = OLD_NAMES.slice(-25);
  for (let doomed = 0;; doomed++) {
    const disk = originalDisk();
    const fileSystem = new SimulatedFileSystem(disk, ({ index }) => {
      return index === doomed ? { code: "EIO" } : "happens";
    });
    const failing = open(disk, { fileSystem });
    const failure = await failing.compact({ retention: { maxRecords: kept.length } })
      .then(() => null, (error: unknown) => error);
    await failing.close().catch(() => {});
    await using store = open(disk);
    const names = await namesIn(store);
    assertEquals(names.slice(-kept.length), kept, `operation ${doomed}`);
    assertEquals(names, OLD_NAMES.filter((name) => names.includes(name)), `operation ${doomed}`);
    if (failure === null && fileSystem.operations <= doomed) {
      assertEquals(names, kept);
      return;
    }
  }
});

Deno.test("fault 11: the store's own files are told apart from strangers, and leftovers go", async () => {
  const disk = originalDisk();
  await using store = open(disk, { maxRecords: 3 });
  for (const eventType of namesFrom(OLD_NAMES.length, 10)) await store.recordEvent({ eventType });
  disk.create(`${SIDECAR_PATH}/rewrite.0123456789ab.tmp`);
  const inode = disk.find(`${STORE_PATH}.0000000000000004`)!;
  inode.truncate(inode.content.length - 20);
  const before = await store.scan();
  assertEquals(before.anomalyCounts, { TRUNCATED_LINE: 1, LEFTOVER_TEMP_FILE: 1 });
  const recovery = { mode: "quarantine", quarantineDir: "/data/damaged" } as const;
  const { verdict } = await checkStartup(store, { mode: "recover", recovery });
  assertEquals(verdict, "recovered");
  const { healthy, anomalies } = await store.scan();
  assertEquals([healthy, anomalies], [true, []]);
});
