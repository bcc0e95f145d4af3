import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { EXIT } from "../../lib/cli/exit_codes.ts";
import { main } from "../../lib/cli/main.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";
import { fakeTerminal } from "./_terminal.ts";

/** Both commands, with the exit code that each has for anomalies that remain. */
const COMMANDS = [
  { name: "doctor run", schema: "papyra.doctor/v1" },
  { name: "persistence startup-check", schema: "papyra.startup-check/v1" },
] as const;

for (const { name, schema } of COMMANDS) {
  const command = name.split(" ");

  cliTest(`${name} finds a healthy store healthy in every mode`, async (directory) => {
    const path = await storeOf(directory, events(3));
    for (const mode of ["scan_only", "RECOVER", "fail-on-anomaly"]) {
      const stdout = await papyraOk([...command, "--path", path, "--mode", mode]);
      assertMatch(stdout, /^Persistence is healthy\n/);
    }
  });

  cliTest(`${name} refuses anomalies with exit code 1 unless told otherwise`, async (directory) => {
    const path = await damagedStore(directory);
    const before = await Deno.readFile(path);
    const { code, stdout } = await papyra([...command, "--path", path]);
    assertEquals(code, 1);
    assertMatch(stdout, /^Found 1 persistence anomalies:\n- CHECKSUM_MISMATCH: /);
    assertEquals(await Deno.readFile(path), before);
  });

  cliTest(`${name} --mode scan_only reports anomalies and repairs nothing`, async (directory) => {
    const path = await damagedStore(directory);
    const before = await Deno.readFile(path);
    const stdout = await papyraOk([...command, "--path", path, "--mode", "scan_only"]);
    assertStringIncludes(stdout, "Found 1 persistence anomalies:");
    assertEquals(await Deno.readFile(path), before);
  });

  cliTest(`${name} --mode ignore exits 0 without a look at the store`, async (directory) => {
    for (const path of [await damagedStore(directory), directory, join(directory, "none")]) {
      const stdout = await papyraOk([...command, "--path", path, "--mode", "ignore"]);
      assertEquals(stdout, "Persistence not checked: mode ignore\n");
    }
  });

  cliTest(`${name} --mode recover mends the store and says so`, async (directory) => {
    const path = await damagedStore(directory);
    const stdout = await papyraOk([...command, "--path", path, "--mode", "recover"]);
    assertMatch(stdout, /^Found 1 persistence anomalies:\n/);
    assertMatch(stdout, /^repaired .*: 1 ranges, \d+ bytes removed$/m);
    assertMatch(stdout, /^Recovery successful$/m);
    assertEquals((await papyra(["persistence", "scan", "--path", path])).code, 0);
  });

  cliTest(`${name} --recovery-mode quarantine keeps the original`, async (directory) => {
    const path = await damagedStore(directory);
    const quarantine = join(directory, "quarantine");
    const recovery = ["--recovery-mode", "quarantine", "--quarantine-dir", quarantine];
    await papyraOk([...command, "--path", path, "--mode", "recover", ...recovery]);
    assertEquals([...Deno.readDirSync(quarantine)].length, 1);
  });

  cliTest(`${name} has its own exit code for anomalies that remain`, async (directory) => {
    const path = await damagedStore(directory);
    const mode = ["--mode", "recover", "--recovery-mode", "ignore"];
    const { code, stdout } = await papyra([...command, "--path", path, ...mode]);
    assertEquals(code, name === "doctor run" ? 2 : 3);
    assertEquals(stdout.includes("Recovery successful"), false);
  });

  cliTest(`${name} --json tells mode and verdict`, async (directory) => {
    const path = await damagedStore(directory);
    const { code, stdout } = await papyra([...command, "--path", path, "--json"]);
    const report = JSON.parse(stdout);
    assertEquals([code, report.schema, report.mode], [1, schema, "fail_on_anomaly"]);
    assertEquals([report.verdict, report.is_ready], ["anomalies_refused", false]);
    assertEquals([report.scan.anomalies_total, report.recovery], [1, null]);
  });
}

Deno.test("doctor run --mode ignore reads no config file either", async () => {
  const terminal = fakeTerminal();
  const args = ["doctor", "run", "--mode", "ignore", "--config", "/nowhere/papyra.json"];
  assertEquals(await main(args, terminal), EXIT.OK);
});
