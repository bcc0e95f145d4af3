import { join } from "node:path";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { resolveStorePaths } from "../../lib/storage/store_paths.ts";
import { listParts, pathOfPart } from "../../lib/storage/store_parts.ts";
import { assertEquals } from "../_assert.ts";
import { tempTest } from "../_temp.ts";

const SEGMENTS = [".0000000000000001", ".0000000000000011"];

async function makeFiles(directory: string, suffixes: readonly string[]): Promise<string> {
  const path = join(directory, "store");
  for (const suffix of suffixes) await Deno.writeTextFile(`${path}${suffix}`, suffix);
  return path;
}

async function partsAt(path: string): Promise<string[]> {
  const parts = await listParts(nativeFileSystem, await resolveStorePaths(nativeFileSystem, path));
  return parts.map((part) => part.path.slice(path.length));
}

tempTest("the files of a store are told in order, and no others", async (directory) => {
  const others = [".bak", ".1.gz", ".01", "-1"];
  const path = await makeFiles(directory, ["", ...SEGMENTS, ".2", ".1", ".10", ...others]);
  assertEquals(await partsAt(path), [".10", ".2", ".1", ...SEGMENTS, ""]);
});

tempTest("a link or a directory is no segment", async (directory) => {
  const path = await makeFiles(directory, ["", ".target"]);
  await Deno.symlink(`${path}.target`, `${path}${SEGMENTS[0]}`);
  await Deno.mkdir(`${path}${SEGMENTS[1]}`);
  assertEquals(await partsAt(path), [""]);
});

tempTest("a store whose directory is not there has no files", async (directory) => {
  assertEquals(await partsAt(join(directory, "missing", "store")), []);
});

tempTest("a file is found by the name that it has now", async (directory) => {
  const path = await makeFiles(directory, ["", SEGMENTS[0]!]);
  const paths = await resolveStorePaths(nativeFileSystem, path);
  const { identity } = nativeFileSystem.stat(path)!;
  const segment = `${path}${SEGMENTS[1]}`;
  const find = (likely?: string) => pathOfPart(nativeFileSystem, paths, identity, likely);
  assertEquals([await find(), await find(segment)], [path, path]);
  await Deno.rename(path, segment);
  await Deno.writeTextFile(path, "the next one");
  assertEquals([await find(), await find(path), await find(segment)], [segment, segment, segment]);
  await Deno.remove(segment);
  assertEquals([await find(), await find(segment)], [null, null]);
});

tempTest("listParts() misses no file that is rotated meanwhile", async (directory) => {
  const path = join(directory, "store");
  await Promise.all(["", ".1", ".2"].map((end) => Deno.writeTextFile(`${path}${end}`, end)));
  let isRotated = false;
  const disk = {
    ...nativeFileSystem,
    statLink(looked: string) {
      const stat = nativeFileSystem.statLink(looked);
      if (!isRotated && looked === `${path}.1`) {
        isRotated = true;
        for (const number of [3, 2]) Deno.renameSync(`${path}.${number - 1}`, `${path}.${number}`);
        Deno.renameSync(path, `${path}.1`);
        Deno.writeTextFileSync(path, "");
      }
      return stat;
    },
  };
  const parts = await listParts(disk, await resolveStorePaths(disk, path));
  assertEquals(parts.map(({ name }) => name), ["store.3", "store.2", "store.1", "store"]);
  assertEquals(new Set(parts.map(({ stat }) => stat.identity)).size, 4);
});
