import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

cliTest("recover mends a store, tells what it did and exits 0", async (directory) => {
  const path = await damagedStore(directory);
  const stdout = await papyraOk(["persistence", "recover", "--path", path]);
  assertMatch(
    stdout,
    /^Recovery completed\nrepaired .*events\.ndjson: 1 ranges, \d+ bytes removed\n/,
  );
  assertMatch(stdout, /^receipt \S+$/m);
  assertMatch(stdout, /^Persistence is healthy$/m);
  assertEquals((await papyra(["persistence", "scan", "--path", path])).code, 0);
});

cliTest("recover of a healthy store changes nothing", async (directory) => {
  const path = await storeOf(directory, events(3));
  const before = await Deno.readFile(path);
  const stdout = await papyraOk(["persistence", "recover", "--path", path]);
  assertMatch(stdout, /^Recovery completed\nnothing changed\n/);
  assertEquals(await Deno.readFile(path), before);
});

cliTest("recover --dry-run shows the plan and changes nothing", async (directory) => {
  const path = await damagedStore(directory);
  const before = await Deno.readFile(path);
  const stdout = await papyraOk(["persistence", "recover", "--path", path, "--dry-run"]);
  assertMatch(stdout, /^Recovery planned, nothing changed\n- .+\n/);
  assertStringIncludes(stdout, "Found 1 persistence anomalies:");
  assertEquals(await Deno.readFile(path), before);
  const json = await papyraOk(["persistence", "recover", "--path", path, "--dry-run", "--json"]);
  const plan = JSON.parse(json);
  assertEquals([plan.schema, plan.mode, plan.changes], ["papyra.recovery-plan/v1", "repair", true]);
});

cliTest("recover --mode quarantine puts the original aside", async (directory) => {
  const path = await damagedStore(directory);
  const before = await Deno.readFile(path);
  const quarantine = join(directory, "quarantine");
  const stdout = await papyraOk(
    [
      "persistence",
      "recover",
      "--path",
      path,
      "--mode",
      "Quarantine",
      "--quarantine-dir",
      quarantine,
    ],
  );
  const kept = /^quarantined (.+)$/m.exec(stdout)?.[1];
  assert(kept !== undefined && kept.startsWith(quarantine));
  assertEquals(await Deno.readFile(kept), before);
});

cliTest(
  "quarantine into the store's own directory is refused with exit code 64",
  async (directory) => {
    const path = await damagedStore(directory);
    const sidecar = join(directory, ".events.ndjson.papyra");
    const { code, stderr } = await papyra(
      [
        "persistence",
        "recover",
        "--path",
        path,
        "--mode",
        "quarantine",
        "--quarantine-dir",
        sidecar,
      ],
    );
    assertEquals(code, 64);
    assertMatch(stderr, /^papyra: Cannot quarantine into .*: it belongs to the store/);
  },
);

cliTest("recover --mode ignore leaves the anomalies and exits 3", async (directory) => {
  const path = await damagedStore(directory);
  const { code, stdout } = await papyra([
    "persistence",
    "recover",
    "--path",
    path,
    "--mode",
    "ignore",
  ]);
  assertEquals(code, 3);
  assertMatch(stdout, /^Recovery completed\nnothing changed\nFound 1 persistence anomalies:\n/);
});

cliTest("recover --json has the scans before and after", async (directory) => {
  const path = await damagedStore(directory);
  const report = JSON.parse(await papyraOk(["persistence", "recover", "--path", path, "--json"]));
  assertEquals(report.schema, "papyra.recovery/v1");
  assertEquals([report.before.healthy, report.after.healthy], [false, true]);
  assertEquals([report.removed_ranges, report.removed.length], [1, 1]);
  assertEquals(report.removed[0].code, "CHECKSUM_MISMATCH");
});
