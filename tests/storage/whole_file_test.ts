import { join } from "node:path";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import {
  appendAll,
  openOrCreate,
  readWhole,
  removeIfThere,
  replaceWhole,
  tempPathFor,
} from "../../lib/storage/whole_file.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { failing, HookedFileSystem } from "./hooked_file_system.ts";
import { bytesOf } from "./lines.ts";

tempTest("readWhole() reads a file, and null where there is none", async (directory) => {
  const path = join(directory, "file");
  assertEquals(await readWhole(nativeFileSystem, path), null);
  await Deno.writeTextFile(path, "ü\n");
  assertEquals(await readWhole(nativeFileSystem, path), "ü\n");
});

tempTest("appendAll() goes on after short writes, and never for ever", async (directory) => {
  const disk = new HookedFileSystem();
  const path = join(directory, "file");
  const file = await disk.open(path, { access: "append", createExclusively: true });
  disk.hook = ({ operation }) => operation === "append" ? 3 : undefined;
  appendAll(file, bytesOf("0123456789"));
  assertEquals(await Deno.readTextFile(path), "0123456789");
  assertEquals(disk.count("append"), 4);
  disk.hook = ({ operation }) => operation === "append" ? 0 : undefined;
  assertThrows(() => appendAll(file, bytesOf("x")), Error, "nothing was taken");
  await file.close();
});

tempTest(
  "replaceWhole() syncs the content before the name, and the name after it",
  async (directory) => {
    const disk = new HookedFileSystem();
    const path = join(directory, "file");
    await Deno.writeTextFile(path, "old");
    await replaceWhole(disk, path, "new");
    assertEquals(await Deno.readTextFile(path), "new");
    const order = disk.calls.map(({ operation }) => operation);
    assertEquals(order, ["create", "append", "sync", "close", "rename", "syncDirectory"]);
  },
);

for (const operation of ["append", "sync", "rename"] as const) {
  tempTest(`replaceWhole() leaves all as it was where ${operation} fails`, async (directory) => {
    const disk = new HookedFileSystem();
    const path = join(directory, "file");
    await Deno.writeTextFile(path, "old");
    disk.hook = failing("ENOSPC", (call) => call.operation === operation);
    await assertRejects(() => replaceWhole(disk, path, "new"), Error, "ENOSPC");
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals(await nativeFileSystem.list(directory), ["file"]);
  });
}

tempTest("openOrCreate() says who made the file, and many make it once", async (directory) => {
  const path = join(directory, "file");
  const openings = await Promise.all(
    Array.from({ length: 20 }, () => openOrCreate(nativeFileSystem, path, true)),
  );
  assertEquals(openings.filter(({ isCreated }) => isCreated).length, 1);
  const identities = new Set(openings.map(({ file }) => file.stat().identity));
  assertEquals(identities.size, 1);
  for (const { file } of openings) await file.close();
});

tempTest("openOrCreate() makes nothing through a dangling link", async (directory) => {
  const path = join(directory, "link");
  await Deno.symlink(join(directory, "target"), path);
  await assertRejects(() => openOrCreate(nativeFileSystem, path, false), Error, "ELOOP");
  assertEquals(await nativeFileSystem.list(directory), ["link"]);
});

tempTest("removeIfThere() says whether there was a file", async (directory) => {
  const path = join(directory, "file");
  await Deno.writeTextFile(path, "");
  assertEquals(await removeIfThere(nativeFileSystem, path), true);
  assertEquals(await removeIfThere(nativeFileSystem, path), false);
});

Deno.test("tempPathFor() gives another name beside the file each time", () => {
  const names = new Set(Array.from({ length: 100 }, () => tempPathFor("/a b/state.json")));
  assertEquals(names.size, 100);
  for (const name of names) assert(/^\/a b\/state\.json\.[0-9a-f]{12}\.tmp$/.test(name));
});
