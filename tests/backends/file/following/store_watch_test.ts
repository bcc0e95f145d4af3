import { StoreWatch } from "../../../../lib/backends/file/following/store_watch.ts";
import { JsonFilePersistence } from "../../../../mod.ts";
import type { FileSystem } from "../../../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../../../lib/storage/native/native_file_system.ts";
import { resolveStorePaths } from "../../../../lib/storage/store_paths.ts";
import { expectCode } from "../../../../lib/testing/expect.ts";
import { Following } from "../../../../lib/testing/following.ts";
import { assert, assertEquals } from "../../../_assert.ts";
import { record, until } from "./_follow.ts";
import { storeTest } from "../_stores.ts";

/** The machine's file system, and what it is asked for. */
function counting() {
  const counts = { stat: 0, list: 0, open: 0 };
  const fileSystem: FileSystem = {
    ...nativeFileSystem,
    stat: (path) => (counts.stat++, nativeFileSystem.stat(path)),
    list: (directory) => (counts.list++, nativeFileSystem.list(directory)),
    open: (path, options) => (counts.open++, nativeFileSystem.open(path, options)),
  };
  return { counts, fileSystem };
}

storeTest("following an idle store takes a look at its name now and then", async ({ path }) => {
  await record(path, 5);
  const { counts, fileSystem } = counting();
  await using store = new JsonFilePersistence(path, { fileSystem });
  await using following = new Following(store);
  await following.untilCaughtUp();
  const before = { ...counts };
  const begun = performance.now();
  await until(() => counts.stat >= before.stat + 5);
  assert(performance.now() - begun > 600, "it looks too often");
  assertEquals([counts.open, counts.list], [before.open, before.list]);
});

storeTest("a record comes within a third of a second of the one before it", async (stage) => {
  await using following = new Following(stage.open());
  await following.untilCaughtUp();
  await record(stage.path, 1);
  await following.until(1);
  await using writer = stage.open({ durability: "os" });
  const times: number[] = [];
  let seen = performance.now();
  for (let count = 2; times.length < 11; count++) {
    await new Promise((resolve) => setTimeout(resolve, 20 * (count % 5)));
    await writer.recordEvent({ eventType: "E" });
    const written = performance.now();
    await following.until(count);
    // The longer nothing came, the longer it may wait for the next look.
    if (written - seen < 200) times.push(performance.now() - written);
    seen = performance.now();
  }
  const slowest = times.sort((a, b) => a - b).at(-3)!;
  assert(slowest < 300, `${slowest} ms`);
});

storeTest("look() sees a file by its identity, its size or its time", async ({ path }) => {
  await record(path, 1);
  let file = nativeFileSystem.stat(path)!;
  const fileSystem = { ...nativeFileSystem, stat: () => file };
  const watch = new StoreWatch(fileSystem, await resolveStorePaths(nativeFileSystem, path));
  watch.look();
  assertEquals(watch.look(), false);
  for (const change of [{ identity: "other" }, { size: 1 }, { modifiedMs: 1 }]) {
    file = { ...file, ...change };
    assertEquals([watch.look(), watch.look()], [true, false], JSON.stringify(change));
  }
});

storeTest(
  "look() trusts the time of a directory once it has not changed for a look",
  async (stage) => {
    const paths = await resolveStorePaths(nativeFileSystem, stage.path);
    let directory = nativeFileSystem.stat(stage.directory)!;
    const stat = (path: string) => path === stage.directory ? directory : null;
    const watch = new StoreWatch({ ...nativeFileSystem, stat }, paths);
    assertEquals([watch.look(), watch.look(), watch.look()], [true, true, false]);
    directory = { ...directory, modifiedMs: directory.modifiedMs + 1 };
    assertEquals([watch.look(), watch.look(), watch.look()], [true, true, false]);
  },
);

storeTest("changed() ends with ABORTED when its signal fires", async (stage) => {
  await record(stage.path, 1);
  const watch = new StoreWatch(
    nativeFileSystem,
    await resolveStorePaths(nativeFileSystem, stage.path),
  );
  const stopper = new AbortController();
  watch.look();
  const waiting = watch.changed(stopper.signal);
  stopper.abort();
  await expectCode("ABORTED", () => waiting);
});
