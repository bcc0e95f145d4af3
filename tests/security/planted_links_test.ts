import { linkSync, lstatSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { papyraOk } from "../cli/command_line.ts";
import { runSoundly } from "./_command.ts";
import { COMMANDS, confinedTest, runAll, type Stage, WRITING } from "./_stage.ts";

/** Names in the sidecar that papyra uses. */
const NAMES = [
  "state.json",
  "metrics.json",
  "receipts.ndjson",
  "maintenance.lock",
  "sidecar.lock",
  "removed",
  "segments",
  "rewrite.0123456789ab.tmp",
];

/** What somebody may have put there. */
const PLANTS: { readonly [what: string]: (path: string, stage: Stage) => void | Promise<void> } = {
  "a link to a file": (path, { victim }) => symlinkSync(victim, path),
  "a link to a directory": (path, { outside }) => symlinkSync(outside, path),
  "a link to what could be made": (path, { outside }) => symlinkSync(join(outside, "new"), path),
  "a link to itself": (path) => symlinkSync(path, path),
  "a second name of a file": (path, { victim }) => linkSync(victim, path),
  "a directory": (path) => Deno.mkdirSync(path),
};

for (const [what, plant] of Object.entries(PLANTS)) {
  confinedTest(`${what} in place of anything in the sidecar leads nowhere`, async (stage) => {
    for (const name of NAMES) {
      await stage.reset();
      // A hard link's victim is told apart by whose it is: the next test is about that.
      if (what === "a second name of a file" && IN_PLACE.has(name)) continue;
      await plant(join(stage.sidecar, name), stage);
      await runAll(stage.path, WRITING);
    }
  });
}

/** Files that are written in place: to them, a second name is a matter of whose file it is. */
const IN_PLACE: ReadonlySet<string> = new Set(["receipts.ndjson", "maintenance.lock"]);

for (const [what, plant] of Object.entries(PLANTS).filter(([what]) => what.includes("link"))) {
  confinedTest(`${what} in place of the sidecar itself is refused`, async (stage) => {
    await Deno.remove(stage.sidecar, { recursive: true });
    await plant(stage.sidecar, stage);
    await runAll(stage.path);
    const { code, stderr } = await runSoundly("persistence", "recover", "--path", stage.path);
    assertEquals(code, 74);
    assertMatch(stderr, /as the store's sidecar: it is not a directory; move it away/);
  });
}

confinedTest("a link in the sidecar is told by its name and what to do", async (stage) => {
  await stage.reset();
  const planted = join(stage.sidecar, "receipts.ndjson");
  symlinkSync(stage.victim, planted);
  const { code, stderr } = await runSoundly("persistence", "recover", "--path", stage.path);
  assertEquals(code, 74);
  assertStringIncludes(stderr, "it is a link where none may be; remove it (ELOOP)");
  assertStringIncludes(stderr, planted);
});

confinedTest("a store that is reached by a link is maintained where it is", async (stage) => {
  const link = join(stage.directory, "link");
  symlinkSync(stage.path, link);
  for (const command of COMMANDS) {
    await papyraOk([...command.split(" "), "--path", link]).catch(() => {});
    assert(lstatSync(link).isSymbolicLink(), `${command} replaced the link`);
    assert(lstatSync(stage.path).isFile());
  }
  assertEquals((await runSoundly("persistence", "scan", "--path", link)).code, 0);
  assertEquals([...Deno.readDirSync(stage.directory)].length, 3);
});

confinedTest("a link that leads nowhere is no place for a store", async (stage) => {
  const links = { dangling: join(stage.outside, "new"), loop: join(stage.directory, "loop") };
  for (const [name, target] of Object.entries(links)) {
    const path = join(stage.directory, name);
    symlinkSync(target, path);
    await runAll(path);
    assertEquals((await runSoundly("record", "event", "--type", "T", "--path", path)).code, 74);
    assert(lstatSync(path).isSymbolicLink());
  }
});

confinedTest("a quarantine goes through no link within its directory", async (stage) => {
  const quarantine = join(stage.directory, "quarantine");
  await Deno.mkdir(quarantine);
  // Every name that it could use cannot be guessed: they end in random digits.
  symlinkSync(stage.outside, join(quarantine, "events.ndjson"));
  const args = ["--mode", "quarantine", "--quarantine-dir", quarantine, "--path", stage.path];
  assertEquals((await runSoundly("persistence", "recover", ...args)).code, 0);
  const names = [...Deno.readDirSync(quarantine)].map(({ name }) => name).sort();
  assertEquals(names.length, 2);
  assertMatch(names[1]!, /^events\.ndjson\.\d{8}T\d{6}Z-[0-9a-f]{8}$/);
  assert(lstatSync(join(quarantine, names[1]!)).isFile());
});
