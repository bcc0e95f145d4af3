import { join } from "node:path";
import { osCode } from "../../../lib/storage/os_error.ts";
import type { OpenOptions } from "../../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../../lib/storage/native/native_file_system.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { tempTest } from "../../_temp.ts";
import { withoutUmask } from "../../_umask.ts";
import { bytesOf, textOf } from "../lines.ts";

const disk = nativeFileSystem;
const CREATE: OpenOptions = { access: "append", createExclusively: true };

async function codeOf(call: () => Promise<unknown>): Promise<string | null> {
  try {
    await call();
  } catch (error) {
    return osCode(error);
  }
  return null;
}

function modeOf(path: string): number {
  return Deno.lstatSync(path).mode! & 0o7777;
}

tempTest(
  "new files are their owner's alone, whatever the umask",
  (directory) =>
    withoutUmask(async () => {
      await using file = asDisposable(await disk.open(join(directory, "file"), CREATE));
      assertEquals(modeOf(file.path), 0o600);
    }),
);

tempTest(
  "new directories are their owner's alone, those above too",
  (directory) =>
    withoutUmask(async () => {
      await disk.makeDirectory(join(directory, "a", "b ü"));
      assertEquals([modeOf(join(directory, "a")), modeOf(join(directory, "a", "b ü"))], [
        0o700,
        0o700,
      ]);
      await disk.makeDirectory(join(directory, "a", "b ü"));
    }),
);

tempTest("makeDirectory() fails where a file is in the way", async (directory) => {
  await Deno.writeTextFile(join(directory, "file"), "");
  assertEquals(await codeOf(() => disk.makeDirectory(join(directory, "file"))), "ENOTDIR");
  assertEquals(await codeOf(() => disk.makeDirectory(join(directory, "file", "x"))), "ENOTDIR");
});

tempTest("a file is created exclusively, never through a planted link", async (directory) => {
  const path = join(directory, "link");
  const victim = join(directory, "victim");
  await Deno.writeTextFile(victim, "precious");
  await Deno.symlink(victim, path);
  await Deno.symlink(join(directory, "nowhere"), join(directory, "dangling"));
  for (const planted of [path, victim, join(directory, "dangling")]) {
    assertEquals(await codeOf(() => disk.open(planted, CREATE)), "EEXIST");
  }
  for (const access of ["read", "append"] as const) {
    assertEquals(await codeOf(() => disk.open(path, { access })), "ELOOP");
    assertEquals(await codeOf(() => disk.open(path, { access, lockable: true })), "ELOOP");
  }
  assertEquals(await Deno.readTextFile(victim), "precious");
  assertEquals(disk.stat(join(directory, "nowhere")), null);
});

tempTest("an opening reads, appends, cuts and syncs", async (directory) => {
  await using file = asDisposable(await disk.open(join(directory, "file"), CREATE));
  assertEquals(file.append(bytesOf("hello ")), 6);
  await Deno.writeTextFile(file.path, "big ", { append: true });
  // At the end, wherever that is by now.
  assertEquals(file.append(bytesOf("world")), 5);
  await file.syncData();
  const buffer = new Uint8Array(20);
  assertEquals(await file.read(buffer, 6), 9);
  assertEquals(textOf(buffer.subarray(0, 9)), "big world");
  assertEquals(file.readNow(buffer.subarray(0, 3), 0), 3);
  assertEquals([textOf(buffer.subarray(0, 3)), file.readNow(buffer, 100)], ["hel", 0]);
  await file.truncate(3);
  await file.sync();
  assertEquals([file.stat().size, await Deno.readTextFile(file.path)], [3, "hel"]);
});

tempTest("an opening for reading does not write", async (directory) => {
  const path = join(directory, "file");
  await Deno.writeTextFile(path, "x");
  await using file = asDisposable(await disk.open(path, { access: "read" }));
  assertEquals(
    await codeOf(() => Promise.resolve().then(() => file.append(bytesOf("y")))),
    "EBADF",
  );
  assertEquals(await Deno.readTextFile(path), "x");
});

tempTest("stat() follows links and statLink() does not", async (directory) => {
  const path = join(directory, "file");
  await Deno.writeTextFile(path, "12345");
  await Deno.symlink(path, join(directory, "link"));
  await Deno.symlink("nowhere", join(directory, "dangling"));
  const stat = disk.stat(path)!;
  assertEquals([stat.type, stat.size], ["file", 5]);
  assert(Math.abs(stat.modifiedMs - Date.now()) < 60_000);
  assertEquals(disk.stat(join(directory, "link")), stat);
  assertEquals(disk.statLink(join(directory, "link"))!.type, "link");
  assertEquals(disk.stat(directory)!.type, "directory");
  assertEquals(disk.stat(join(directory, "dangling")), null);
  assertEquals(disk.statLink(join(directory, "dangling"))!.type, "link");
  for (const missing of [join(directory, "no"), join(path, "below a file")]) {
    assertEquals([disk.stat(missing), disk.statLink(missing)], [null, null]);
  }
});

tempTest("an identity tells a file from one that took its name or its inode", async (directory) => {
  const path = join(directory, "file");
  await using file = asDisposable(await disk.open(path, CREATE));
  const { identity } = file.stat();
  file.append(bytesOf("x"));
  await Deno.chmod(path, 0o640);
  await disk.link(path, join(directory, "other name"));
  assertEquals(disk.stat(path)!.identity, identity, "writing to a file makes no other of it");
  await Deno.writeTextFile(join(directory, "new"), "y");
  await disk.rename(join(directory, "new"), path);
  assert(disk.stat(path)!.identity !== identity);
  assertEquals(file.stat().identity, identity, "an opening stays with its file");
});

tempTest("link() never takes a name away, rename() does", async (directory) => {
  const [one, two] = [join(directory, "one"), join(directory, "two")];
  await Deno.writeTextFile(one, "1");
  await Deno.writeTextFile(two, "2");
  assertEquals(await codeOf(() => disk.link(one, two)), "EEXIST");
  await disk.rename(one, two);
  assertEquals([await Deno.readTextFile(two), disk.stat(one)], ["1", null]);
  await disk.unlink(two);
  assertEquals(await codeOf(() => disk.unlink(two)), "ENOENT");
});

tempTest("list() sorts names, and finds none where there is no directory", async (directory) => {
  for (const name of ["b", "a ü", ".c"]) await Deno.writeTextFile(join(directory, name), "");
  assertEquals(await disk.list(directory), [".c", "a ü", "b"]);
  assertEquals(await disk.list(join(directory, "none")), []);
});

tempTest("realPath() and syncDirectory() fail where there is nothing", async (directory) => {
  const missing = join(directory, "none");
  assertEquals(await codeOf(() => disk.realPath(missing)), "ENOENT");
  assertEquals(await codeOf(() => disk.syncDirectory(missing)), "ENOENT");
  await disk.syncDirectory(directory);
});

tempTest("freeBytes() tells what is free", async (directory) => {
  assert(await disk.freeBytes(directory) > 1_000_000);
});

tempTest("a file that is closed twice is closed once", async (directory) => {
  const file = await disk.open(join(directory, "file"), { ...CREATE, lockable: true });
  assert(file.tryLock("exclusive"));
  await file.close();
  await file.close();
});

function asDisposable<T extends { close(): Promise<void> }>(file: T): T & AsyncDisposable {
  return Object.assign(file, { [Symbol.asyncDispose]: () => file.close() });
}
