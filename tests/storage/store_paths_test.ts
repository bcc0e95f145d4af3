import { join } from "node:path";
import { PapyraError } from "../../lib/errors.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { resolveStorePaths, type StorePaths } from "../../lib/storage/store_paths.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../_assert.ts";
import { tempTest } from "../_temp.ts";

function resolve(path: string): Promise<StorePaths> {
  return resolveStorePaths(nativeFileSystem, path);
}

for (const name of ["events.ndjson", "with spaces ü 漢字.ndjson", ".hidden", "-x", "a'b\"c\nd"]) {
  tempTest(
    `${JSON.stringify(name)} is a store's name, before and after it is made`,
    async (directory) => {
      const expected = {
        active: join(directory, name),
        directory,
        name,
        sidecar: join(directory, `.${name}.papyra`),
      };
      assertEquals(await resolve(join(directory, name)), expected);
      await Deno.writeTextFile(join(directory, name), "");
      assertEquals(await resolve(`${directory}/./x/../${name}`), expected);
    },
  );
}

tempTest("a file that is moved away in the middle is where it was", async (directory) => {
  const path = join(directory, "events.ndjson");
  await Deno.writeTextFile(path, "");
  let isThere = true;
  const disk = {
    ...nativeFileSystem,
    realPath(asked: string) {
      if (isThere) Deno.renameSync(path, `${path}.1`);
      isThere = false;
      return nativeFileSystem.realPath(asked);
    },
  };
  assertEquals((await resolveStorePaths(disk, path)).active, path);
});

tempTest("a store has one sidecar, whatever links lead to it", async (directory) => {
  const folder = join(directory, "data");
  await Deno.mkdir(folder);
  await Deno.writeTextFile(join(folder, "events.ndjson"), "");
  await Deno.symlink(folder, join(directory, "link to data"));
  await Deno.symlink("data/events.ndjson", join(directory, "link.ndjson"));
  await Deno.symlink(join(directory, "link.ndjson"), join(directory, "link to link"));
  const expected = await resolve(join(folder, "events.ndjson"));
  for (const link of ["link to data/events.ndjson", "link.ndjson", "link to link"]) {
    assertEquals(await resolve(join(directory, link)), expected, link);
  }
});

tempTest("links above a store that is not yet made are resolved too", async (directory) => {
  await Deno.mkdir(join(directory, "real"));
  await Deno.symlink("real", join(directory, "link"));
  for (const below of ["events.ndjson", "new/events.ndjson", "new/er/events.ndjson"]) {
    const paths = await resolve(join(directory, "link", below));
    assertEquals(paths.active, join(directory, "real", below));
  }
});

tempTest("what cannot be a store is refused with a reason", async (directory) => {
  await Deno.symlink(join(directory, "nowhere"), join(directory, "dangling"));
  await Deno.symlink("loop", join(directory, "loop"));
  await Deno.mkdir(join(directory, "folder"));
  const cases: readonly (readonly [name: string, words: string])[] = [
    ["folder", "is a directory"],
    ["dangling", "a link to something that is not there"],
  ];
  for (const [name, words] of cases) {
    const error = await assertRejects(() => resolve(join(directory, name)), PapyraError);
    assertEquals([error.code, error.file], ["NOT_A_STORE", join(directory, name)]);
    assertStringIncludes(error.message, words);
  }
  await assertRejects(() => resolve(join(directory, "loop")), Error, "ELOOP");
  const special = await assertRejects(
    () => resolve("/dev/null"),
    PapyraError,
    "not a regular file",
  );
  assertEquals(special.code, "NOT_A_STORE");
  for (const path of ["", "a\0b"]) {
    const error = await assertRejects(() => resolve(path), PapyraError);
    assertEquals(error.code, "INVALID_ARGUMENT");
  }
});

tempTest("a path below a dangling link is refused", async (directory) => {
  await Deno.symlink("nowhere", join(directory, "dangling"));
  const path = join(directory, "dangling", "events.ndjson");
  const error = await assertRejects(() => resolve(path), PapyraError);
  assertEquals(error.code, "NOT_A_STORE");
});
