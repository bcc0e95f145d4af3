import { dirname } from "node:path";
import { nativeFileSystem } from "../../../../lib/storage/native/native_file_system.ts";
import { PapyraError } from "../../../../lib/errors.ts";
import { assert, assertEquals, assertRejects } from "../../../_assert.ts";
import { HookedFileSystem } from "../../../storage/hooked_file_system.ts";
import { eventLine } from "../../../storage/lines.ts";
import { codes, NOW, receiptsOf, type StoreStage, storeTest } from "../_stores.ts";

const COMPACTION = { retention: { maxRecords: 1 } };

async function isLocked(path: string): Promise<boolean> {
  const file = await nativeFileSystem.open(path, { access: "read", lockable: true });
  try {
    return !file.tryLock("shared");
  } finally {
    await file.close();
  }
}

storeTest(
  "both files are locked from before the rename until the directory is synced",
  async (stage) => {
    await stage.write(eventLine(1), eventLine(2));
    const disk = new HookedFileSystem();
    const old = `${stage.path}.old`;
    await Deno.link(stage.path, old);
    const seen: string[] = [];
    disk.hook = async ({ operation, path }) => {
      const isRenamed = disk.count("rename", "events.ndjson") > 0;
      if (operation === "rename" && path === stage.path) {
        const [temp] = await tempFiles(stage);
        assert(await isLocked(temp!) && await isLocked(stage.path));
        seen.push("rename");
      }
      if (operation === "syncDirectory" && path === dirname(stage.path) && isRenamed) {
        assert(await isLocked(old) && await isLocked(stage.path));
        seen.push("sync");
      }
    };
    await stage.open({ fileSystem: disk }).compact(COMPACTION);
    assertEquals(seen, ["rename", "sync"]);
    assert(!await isLocked(old) && !await isLocked(stage.path));
  },
);

async function tempFiles({ sidecar }: StoreStage): Promise<string[]> {
  const names = await nativeFileSystem.list(sidecar);
  return names.filter((name) => name.endsWith(".tmp")).map((name) => `${sidecar}/${name}`);
}

storeTest("the copy is synced before its name, and holds the checkpoint by then", async (stage) => {
  await stage.write(eventLine(1), eventLine(2));
  const disk = new HookedFileSystem();
  let copied = "";
  disk.hook = async ({ operation, path }) => {
    if (operation !== "rename" || path !== stage.path) return;
    const [temp] = await tempFiles(stage);
    copied = await Deno.readTextFile(temp!);
    const calls = disk.calls.filter((call) => call.path === temp).map((call) => call.operation);
    assertEquals(calls.at(-1), "sync");
  };
  await stage.open({ fileSystem: disk }).compact(COMPACTION);
  assertEquals(copied, await Deno.readTextFile(stage.path));
  assert(copied.includes('"kind":"checkpoint"'));
});

storeTest("a file that took the name at the last moment is not replaced", async (stage) => {
  await stage.write(eventLine(1), eventLine(2));
  const disk = new HookedFileSystem();
  disk.hook = async ({ operation, path }) => {
    if (operation !== "sync" || !path.endsWith("receipts.ndjson")) return;
    disk.hook = () => {};
    await Deno.rename(stage.path, `${stage.directory}/moved`);
    await stage.write(eventLine(3));
  };
  const store = stage.open({ fileSystem: disk });
  const error = await assertRejects(() => store.compact(COMPACTION), PapyraError);
  assertEquals(error.code, "BUSY");
  assertEquals((await store.listEvents()).map(({ seq }) => seq), [3]);
  assertEquals((await receiptsOf(store)).map(({ outcome }) => outcome), ["not_done"]);
  assertEquals(await tempFiles(stage), []);
});

storeTest("a file that another program cut meanwhile is not replaced", async (stage) => {
  await stage.write(eventLine(1), eventLine(2));
  const disk = new HookedFileSystem();
  disk.hook = async ({ operation, path }) => {
    if (operation !== "sync" || !path.endsWith(".tmp")) return;
    disk.hook = () => {};
    // As logrotate does with copytruncate; a writer goes on at the beginning.
    await stage.write(eventLine(3), eventLine(4));
  };
  const store = stage.open({ fileSystem: disk });
  const error = await assertRejects(() => store.compact(COMPACTION), PapyraError);
  assertEquals(error.code, "BUSY");
  assertEquals((await store.listEvents()).map(({ seq }) => seq), [3, 4]);
  assertEquals(await tempFiles(stage), []);
});

storeTest("the name that a rename takes is never a link's", async (stage) => {
  const real = `${stage.directory}/real.ndjson`;
  await stage.write(eventLine(1), eventLine(2));
  await Deno.rename(stage.path, real);
  await Deno.symlink("real.ndjson", stage.path);
  const store = stage.open();
  await store.compact(COMPACTION);
  assert((await Deno.lstat(stage.path)).isSymlink);
  assertEquals((await store.listEvents()).map(({ seq }) => seq), [2]);
});

for (const durability of ["always", "os"] as const) {
  storeTest(
    `runs and scans get their turn however busy the writers are, with ${durability}`,
    async (stage) => {
      const writers = Array.from({ length: 4 }, () => stage.open({ durability }));
      let isOver = false;
      let written = 0;
      const writing = writers.map(async (writer) => {
        while (!isOver) {
          const { count } = await writer.recordEvent({ timestamp: NOW, eventType: "E" });
          written += count;
        }
      });
      const store = stage.open();
      const began = performance.now();
      for (let round = 0; round < 5; round++) {
        await store.compact(COMPACTION);
        assertEquals(codes(await store.scan()), []);
      }
      const elapsed = performance.now() - began;
      isOver = true;
      await Promise.all(writing);
      assert(elapsed < 5000, `it took ${elapsed} ms`);
      assertEquals((await store.recordEvent({ eventType: "E" })).lastSeq, written + 1);
    },
  );
}
