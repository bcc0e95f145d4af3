/** Whatever a sidecar, a neighbour or a path says: what is written or removed is the store's own. */

import { chmodSync, chownSync, linkSync, lstatSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertMatch } from "../_assert.ts";
import { run, runSoundly } from "./_command.ts";
import { confinedTest, runAll, type Stage } from "./_stage.ts";
import { treeOf } from "./_tree.ts";

const STRANGER = 65534;

/** Where a receipt may say that something is, though nothing of the store ever was. */
function places({ outside, victim }: Stage): readonly unknown[] {
  return [victim, `${outside}/../outside/victim`, "../outside/victim", outside, "", null, 7, {}];
}

confinedTest("receipts name nothing that is then touched", async (stage) => {
  await stage.reset();
  const { ino, size } = lstatSync(stage.victim);
  const print = { identity: `1-${ino}-0`, size, sha256: "00" };
  const lines = places(stage).flatMap((file, index) =>
    [null, print].flatMap((old) =>
      [null, print].map((made) => ({
        receipt: "intent",
        id: `../../outside/victim-${index}`,
        at: 1,
        operation: "recover",
        file,
        old,
        new: made,
        cut: made && { from: 0, to: size, sha256: "00" },
        details: { kept_in: file, originals: [file], removed: [{ text: file }] },
      }))
    )
  );
  const receipts = join(stage.sidecar, "receipts.ndjson");
  await Deno.writeTextFile(receipts, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  await runAll(stage.path);
  assertEquals((await run("persistence", "scan", "--path", stage.path)).code, 0);
});

confinedTest("receipts of no sense are passed over, and never for ever", async (stage) => {
  await stage.reset();
  const open = { receipt: "intent", id: "x", at: 1, cut: { from: -5, to: 1e308, sha256: [] } };
  const odd = [
    "",
    "\0",
    "[]",
    "7",
    "null",
    '{"receipt":"done"}',
    '{"id":"x","receipt":"intent","at":"x"}',
  ];
  const many = Array.from(
    { length: 20_000 },
    (_, index) => JSON.stringify({ ...open, id: `${index}`, cut: undefined }),
  );
  const long = JSON.stringify({ ...open, id: "y".repeat(5_000_000) });
  const lines = [
    ...odd,
    JSON.stringify(open),
    JSON.stringify({ ...open, details: [] }),
    long,
    ...many,
  ];
  await Deno.writeTextFile(join(stage.sidecar, "receipts.ndjson"), `${lines.join("\n")}\n{"torn`);
  await runAll(stage.path);
  const { code, stdout } = await run(
    "persistence",
    "history",
    "--limit",
    "3",
    "--path",
    stage.path,
  );
  assertEquals(code, 0);
  assertMatch(stdout, / rebuild done /);
});

confinedTest("a cache of any size and content is as good as none", async (stage) => {
  for (const name of ["state.json", "metrics.json", "maintenance.lock"]) {
    for (
      const content of [
        "[".repeat(100_000),
        '{"durable_seq":-1,"records_written":1e999}',
        "{}",
        "7",
      ]
    ) {
      await stage.reset();
      await Deno.writeTextFile(join(stage.sidecar, name), content);
      await runAll(stage.path);
    }
    await stage.reset();
    await Deno.writeTextFile(join(stage.sidecar, name), "");
    await Deno.truncate(join(stage.sidecar, name), 2 ** 40);
    await runAll(stage.path);
  }
});

confinedTest("neighbours with the names of parts are not changed where they are", async (stage) => {
  const plants: readonly (readonly [name: string, plant: (path: string) => void])[] = [
    ["events.ndjson.1", (path) => linkSync(stage.victim, path)],
    ["events.ndjson.0000000000000001", (path) => linkSync(stage.victim, path)],
    ["events.ndjson.2", (path) => symlinkSync(stage.victim, path)],
    ["events.ndjson.0000000000000002", (path) => symlinkSync(stage.outside, path)],
  ];
  for (const [name, plant] of plants) {
    await stage.reset();
    plant(join(stage.shop, name));
    await runAll(stage.path);
    await runSoundly("persistence", "rotate", "--path", stage.path);
    for (const { name } of Deno.readDirSync(stage.shop)) {
      if (name.startsWith("events.ndjson.")) await Deno.remove(join(stage.shop, name));
    }
  }
});

if (Deno.uid() === 0) {
  confinedTest(
    "what a stranger puts beside a store in a place like /tmp is no part of it",
    async (stage) => {
      await stage.reset();
      assertEquals((await run("persistence", "recover", "--path", stage.path)).code, 0);
      chmodSync(stage.shop, 0o1777);
      const forged = join(stage.shop, "events.ndjson.1");
      await Deno.writeTextFile(forged, '{"kind":"event","timestamp":9e9,"event_type":"Forged"}\n');
      chownSync(forged, STRANGER, STRANGER);
      const before = treeOf(forged.replace("events.ndjson.1", "")).filter((line) =>
        line.includes(".1 ")
      );
      const { stdout } = await run("inspect", "events", "--path", stage.path);
      assert(!stdout.includes("Forged"), stdout);
      const scan = await run("persistence", "scan", "--path", stage.path);
      assertEquals(scan.code, 0);
      assertMatch(scan.stdout, /UNEXPECTED_FILE: .*\.1 .*belongs to another user; it is not read/);
      await runAll(stage.path);
      assertEquals(treeOf(stage.shop).filter((line) => line.includes("events.ndjson.1 ")), before);
      // Where only the owner puts files, what lies there was meant.
      chmodSync(stage.shop, 0o755);
      assert((await run("inspect", "events", "--path", stage.path)).stdout.includes("Forged"));
    },
  );
}

confinedTest("a path that goes up and down again is the place where it ends", async (stage) => {
  const roundabout = `${stage.outside}/deep/../../shop/./events.ndjson`;
  await runAll(roundabout);
  const quarantine = `${stage.outside}/deep/../../quarantine/../quarantine/deep`;
  await stage.reset();
  const args = ["--mode", "quarantine", "--quarantine-dir", quarantine, "--path", roundabout];
  assertEquals((await runSoundly("persistence", "recover", ...args)).code, 0);
  const names = [...Deno.readDirSync(stage.directory)].map(({ name }) => name).sort();
  assertEquals(names, ["outside", "quarantine", "shop"]);
});
