import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

cliTest("scan of a healthy store says so and exits 0", async (directory) => {
  const path = await storeOf(directory, events(10));
  const stdout = await papyraOk(["persistence", "scan", "--path", path]);
  assertMatch(stdout, /^Persistence is healthy\nScanned 10 events, 0 audits, 0 dead letters, /);
});

cliTest("scan of a store with a changed byte tells where and exits 2", async (directory) => {
  const path = await damagedStore(directory);
  const { code, stdout, stderr } = await papyra(["persistence", "scan", "--path", path]);
  assertEquals({ code, stderr }, { code: 2, stderr: "" });
  const [first, second, third] = stdout.split("\n");
  assertEquals(first, "Found 1 persistence anomalies:");
  assertMatch(second!, /^- CHECKSUM_MISMATCH: .*events\.ndjson \(byte \d+, line 4, seq 4: .+\)$/);
  assertMatch(third!, /^Next: papyra persistence recover --path .*events\.ndjson$/);
});

cliTest("scan --json is one document, whatever was found", async (directory) => {
  const path = await damagedStore(directory);
  const { code, stdout } = await papyra(["persistence", "scan", "--path", path, "--json"]);
  assertEquals([code, stdout.trimEnd().split("\n").length], [2, 1]);
  const report = JSON.parse(stdout);
  assertEquals(Object.keys(report)[0], "schema");
  assertEquals(report.schema, "papyra.scan/v1");
  assertEquals([report.healthy, report.anomalies_total, report.records.event], [false, 1, 9]);
  const [anomaly] = report.anomalies;
  assertEquals([anomaly.code, anomaly.severity, anomaly.line], ["CHECKSUM_MISMATCH", "error", 4]);
  assertEquals(report.anomaly_counts, { CHECKSUM_MISMATCH: 1 });
});

cliTest("scan lists warnings and still exits 0", async (directory) => {
  const path = join(directory, "events.ndjson");
  await Deno.writeTextFile(path, '{"kind":"event","timestamp":1}\n{"kind":"nap","timestamp":2}\n');
  const stdout = await papyraOk(["persistence", "scan", "--path", path]);
  assertMatch(stdout, /^Persistence is healthy\n/);
  assertMatch(stdout, /^Warnings: 1\n- UNKNOWN_KIND: .* \(warning, byte 31, line 2: .+\)$/m);
});

cliTest("scan reads and changes nothing", async (directory) => {
  const path = await damagedStore(directory);
  const before = await Deno.readFile(path);
  await papyra(["persistence", "scan", "--path", path]);
  assertEquals(await Deno.readFile(path), before);
});

cliTest("a store that never was is clean, with a note on stderr", async (directory) => {
  const path = join(directory, "none.ndjson");
  const { code, stdout, stderr } = await papyra(["persistence", "scan", "--path", path]);
  assertEquals(code, 0);
  assertMatch(stdout, /^Persistence is healthy\n/);
  assertMatch(stderr, /^papyra: there is no store at .*none\.ndjson/);
  assertEquals([...Deno.readDirSync(directory)], []);
});

cliTest("--require-store makes exit code 10 of a store that is not there", async (directory) => {
  const path = join(directory, "none.ndjson");
  for (
    const command of ["persistence scan", "inspect events", "persistence compact", "doctor run"]
  ) {
    const args = [...command.split(" "), "--path", path, "--require-store"];
    const { code, stdout, stderr } = await papyra(args);
    assertEquals({ code, stdout }, { code: 10, stdout: "" });
    assertMatch(stderr, /^papyra: There is no store at .*none\.ndjson: check the path/);
  }
});

cliTest("a store that is gone is an anomaly, not a clean store", async (directory) => {
  const path = await storeOf(directory, events(3));
  await Deno.remove(path);
  const { code, stdout, stderr } = await papyra(["persistence", "scan", "--path", path]);
  assertEquals({ code, stderr }, { code: 2, stderr: "" });
  assertStringIncludes(stdout, "- MISSING_STORE: ");
});

cliTest(
  "--quiet prints nothing of a healthy store, and everything of a bad one",
  async (directory) => {
    const good = await storeOf(directory, events(1), "good.ndjson");
    assertEquals(await papyraOk(["persistence", "scan", "--path", good, "--quiet"]), "");
    const bad = await damagedStore(directory);
    const { stdout } = await papyra(["persistence", "scan", "--path", bad, "--quiet"]);
    assertStringIncludes(stdout, "Found 1 persistence anomalies:");
  },
);
