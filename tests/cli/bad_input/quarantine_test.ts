import { join } from "node:path";
import { assertEquals, assertMatch } from "../../_assert.ts";
import { cliTest, papyra, papyraOk } from "../_papyra.ts";
import { damagedStore } from "../_stores.ts";

const OWN = /Cannot quarantine into ".*": it belongs to the store; name another directory/;
const IN_THE_WAY = /a part of the path is not a directory \(ENOTDIR\)/;

/** Directories that cannot be used, within a test's own. */
const REFUSED: readonly (readonly [directory: string, code: number, message: RegExp])[] = [
  ["store", 64, OWN],
  ["store/", 64, OWN],
  ["store/../store/.", 64, OWN],
  ["store/events.ndjson", 64, OWN],
  ["store/.events.ndjson.papyra", 64, OWN],
  ["store/.events.ndjson.papyra/removed", 64, OWN],
  ["store/.events.ndjson.papyra/new/deep", 64, OWN],
  ["link-to-store", 64, OWN],
  ["link-to-sidecar", 64, OWN],
  ["link-to-sidecar/new", 64, OWN],
  ["file", 74, IN_THE_WAY],
  ["file/new", 74, IN_THE_WAY],
  ["dangling", 74, /there is no such file or directory \(ENOENT\) at ".*dangling"/],
];

cliTest(
  "a quarantine that cannot be used is refused before anything changes",
  async (directory) => {
    const path = await makeStore(directory);
    const before = await contentOf(directory);
    for (const [quarantine, expected, message] of REFUSED) {
      const { code, stdout, stderr } = await quarantineInto(directory, quarantine, path);
      assertEquals([code, stdout], [expected, ""], `${quarantine}: ${stderr}`);
      assertMatch(stderr, message, quarantine);
      assertEquals(stderr.trimEnd().split("\n").length, 1);
      // What the store counts of failed recoveries is not the store.
      assertEquals(await contentOf(directory), before, quarantine);
    }
  },
);

/** Directories that can be used, made where they are not there. */
const TAKEN = ["new", "new/deep", "store/below", "with spaces ☃ 漢字", "link-to-empty", "."];

for (const quarantine of TAKEN) {
  cliTest(`the original goes into the quarantine "${quarantine}"`, async (directory) => {
    const path = await makeStore(directory);
    const original = await Deno.readFile(path);
    const { code, stderr } = await quarantineInto(directory, quarantine, path);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertEquals(await originalsIn(join(directory, quarantine)), [original]);
  });
}

cliTest("a quarantine on another file system gets a copy", async (directory) => {
  const path = await makeStore(directory);
  const original = await Deno.readFile(path);
  const quarantine = await elsewhere(directory);
  try {
    const { code, stderr } = await quarantineInto(directory, quarantine, path);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    assertEquals(await originalsIn(quarantine), [original]);
  } finally {
    await Deno.remove(quarantine, { recursive: true });
  }
});

async function makeStore(directory: string): Promise<string> {
  for (const name of ["store", "empty"]) await Deno.mkdir(join(directory, name));
  await Deno.writeTextFile(join(directory, "file"), "");
  const path = await damagedStore(join(directory, "store"));
  // So that there is a sidecar with everything in it.
  await papyraOk(["metrics", "reset", "--path", path]);
  for (const [link, target] of LINKS) await Deno.symlink(target, join(directory, link));
  return path;
}

const LINKS = [
  ["link-to-store", "store"],
  ["link-to-sidecar", "store/.events.ndjson.papyra"],
  ["link-to-empty", "empty"],
  ["dangling", "nowhere"],
] as const;

function quarantineInto(cwd: string, quarantine: string, path: string) {
  const mode = ["--mode", "quarantine", "--quarantine-dir", quarantine];
  return papyra(["persistence", "recover", "--path", path, ...mode], { cwd });
}

/** A directory that no hard link reaches, where this machine has one. */
async function elsewhere(directory: string): Promise<string> {
  const here = (await Deno.stat(directory)).dev;
  for (const dir of ["/dev/shm", "/run", "/tmp", "/var/tmp"]) {
    const there = await Deno.stat(dir).catch(() => null);
    if (there === null || there.dev === here) continue;
    return await Deno.makeTempDir({ dir, prefix: "papyra-elsewhere-" });
  }
  // With one file system alone there is nothing to copy to; tests/backends/file/ fails the link.
  return await Deno.makeTempDir({ prefix: "papyra-elsewhere-" });
}

async function originalsIn(quarantine: string): Promise<Uint8Array[]> {
  const originals: Uint8Array[] = [];
  for await (const { name } of Deno.readDir(quarantine)) {
    if (name.startsWith("events.ndjson.")) {
      originals.push(await Deno.readFile(join(quarantine, name)));
    }
  }
  return originals;
}

/** Every name below a directory, but those in the sidecar, and every byte of the store. */
async function contentOf(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(directory)) {
    const path = join(directory, name);
    found.push(isFile ? `${path} ${await Deno.readTextFile(path)}` : path);
    if (isDirectory && !name.endsWith(".papyra")) found.push(...await contentOf(path));
  }
  return found.sort();
}
