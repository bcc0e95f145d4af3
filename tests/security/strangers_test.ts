/** What another user may have put there. Only root can play two users. */

import { chownSync, lchownSync, linkSync, lstatSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { runSoundly } from "./_command.ts";
import { confinedTest, runAll, type Stage } from "./_stage.ts";
import { treeOf } from "./_tree.ts";

const STRANGER = 65534;

function strangerTest(name: string, body: (stage: Stage) => Promise<void>): void {
  if (Deno.uid() === 0) confinedTest(name, body);
}

strangerTest(
  "a sidecar that a stranger made first is neither written nor believed",
  async (stage) => {
    await stage.reset();
    const state = join(stage.sidecar, "state.json");
    await Deno.writeTextFile(state, '{"format_version":1,"durable_seq":9000}\n');
    for (const path of [stage.sidecar, state]) chownSync(path, STRANGER, STRANGER);
    const before = [treeOf(stage.sidecar), await Deno.readTextFile(stage.path)];
    await runAll(stage.path);
    assertEquals([treeOf(stage.sidecar), await Deno.readTextFile(stage.path)], before);
    const { code, stderr } = await runSoundly("persistence", "compact", "--path", stage.path);
    assertEquals(code, 74);
    assertMatch(
      stderr,
      /it belongs to another user than the store; .* \(chown -R\) or move it away/,
    );
  },
);

strangerTest("a sidecar of the store's owner serves whoever maintains the store", async (stage) => {
  await stage.reset();
  for (const path of [stage.shop, stage.path, stage.sidecar]) chownSync(path, STRANGER, STRANGER);
  await runAll(stage.path);
  assertEquals((await runSoundly("persistence", "scan", "--path", stage.path)).code, 0);
  for (const line of treeOf(stage.shop)) assertStringIncludes(line, ` ${STRANGER} ${STRANGER} `);
});

strangerTest("a second name of a file that is not theirs is not written to", async (stage) => {
  for (const name of ["receipts.ndjson", "maintenance.lock", "sidecar.lock"]) {
    await stage.reset();
    for (const path of [stage.shop, stage.path, stage.sidecar]) chownSync(path, STRANGER, STRANGER);
    const planted = join(stage.sidecar, name);
    linkSync(stage.victim, planted);
    const { nlink } = lstatSync(stage.victim);
    await runAll(stage.path);
    assertEquals(lstatSync(stage.victim).nlink, nlink, "it was taken away");
    const { code, stderr } = await runSoundly("persistence", "recover", "--path", stage.path);
    if (name !== "sidecar.lock") {
      assertEquals(code, 74, stderr);
      assertMatch(stderr, /another name of a file that belongs to somebody else; remove it/);
    }
    await Deno.remove(planted);
  }
});

strangerTest(
  "a second name of one's own file, as backups make it, is written to",
  async (stage) => {
    const backup = join(stage.directory, "receipts.ndjson");
    await Deno.writeTextFile(backup, "");
    await stage.reset();
    linkSync(backup, join(stage.sidecar, "receipts.ndjson"));
    assertEquals((await runSoundly("persistence", "recover", "--path", stage.path)).code, 0);
    assertStringIncludes(await Deno.readTextFile(backup), '"receipt":"done"');
  },
);

strangerTest(
  "a stranger's link is followed to what is theirs, and to nothing else",
  async (stage) => {
    const links = [join(stage.directory, "link"), join(stage.directory, "deep", "events.ndjson")];
    symlinkSync(stage.path, links[0]!);
    symlinkSync(stage.shop, join(stage.directory, "deep"));
    const before = await Deno.readTextFile(stage.path);
    for (const link of [links[0]!, join(stage.directory, "deep")]) {
      lchownSync(
        link,
        STRANGER,
        STRANGER,
      );
    }
    for (const link of links) {
      await runAll(link);
      const { code, stderr } = await runSoundly("record", "event", "--type", "T", "--path", link);
      assertEquals(code, 74);
      assertMatch(stderr, /another user \(65534\) made this link, .*; name ".*" itself/);
    }
    assertEquals(await Deno.readTextFile(stage.path), before);
    for (const path of [stage.shop, stage.path, stage.sidecar]) chownSync(path, STRANGER, STRANGER);
    for (const link of links) {
      assertEquals(
        (await runSoundly("inspect", "events", "--path", link)).code,
        0,
      );
    }
  },
);

strangerTest(
  "a stranger's link keeps nobody from using a quarantine of their own",
  async (stage) => {
    const link = join(stage.directory, "quarantine");
    symlinkSync(stage.outside, link);
    lchownSync(link, STRANGER, STRANGER);
    const args = ["persistence", "recover", "--mode", "quarantine", "--path", stage.path];
    const { code, stderr } = await runSoundly(...args, "--quarantine-dir", link);
    assertEquals(code, 74, stderr);
    assertEquals((await runSoundly(...args, "--quarantine-dir", `${link}-own`)).code, 0);
    assert(lstatSync(`${link}-own`).isDirectory());
  },
);
