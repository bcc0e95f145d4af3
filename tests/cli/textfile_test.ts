import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

const COMMANDS = [
  "doctor run",
  "persistence scan",
  "persistence startup-check",
  "persistence recover",
  "persistence compact --max-records 2",
  "persistence rotate",
];

function valueOf(text: string, name: string): number {
  const [, value] = new RegExp(`^papyra_command_${name}\\{.*\\} (\\S+)$`, "m").exec(text) ?? [];
  return Number(value);
}

cliTest("every maintenance command leaves a textfile for node_exporter", async (directory) => {
  const path = await storeOf(directory, events(5));
  const file = join(directory, "papyra.prom");
  for (const command of COMMANDS) {
    const { code } = await papyra([...command.split(" "), "--path", path, "--textfile", file]);
    const text = await Deno.readTextFile(file);
    const name = command.replace(/ --.*/, "");
    assertStringIncludes(text, `papyra_command_success{command="${name}"} ${Number(code === 0)}\n`);
    assertMatch(text, /^papyra_command_duration_seconds\{command="[a-z -]+"\} [\d.e-]+$/m);
    assertEquals(valueOf(text, "last_success_timestamp_seconds") > 1.7e9, true, command);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o644);
  }
});

cliTest("a run that fails says so, and keeps when one last did not", async (directory) => {
  const healthy = await storeOf(directory, events(2));
  const file = join(directory, "papyra.prom");
  const scan = ["persistence", "scan", "--textfile", file, "--store-label", 'a"} 9\\'];
  await papyra([...scan, "--path", healthy]);
  const success = valueOf(await Deno.readTextFile(file), "last_success_timestamp_seconds");
  await Deno.mkdir(join(directory, "damaged"));
  const damaged = await damagedStore(join(directory, "damaged"));
  for (const [path, exitCode] of [[damaged, 2], [join(directory, "none"), 10]] as const) {
    const { code } = await papyra([...scan, "--path", path, "--require-store"]);
    assertEquals(code, exitCode);
    const text = await Deno.readTextFile(file);
    assertEquals(valueOf(text, "exit_code"), exitCode);
    assertEquals(valueOf(text, "last_success_timestamp_seconds"), success);
    if (exitCode === 2) assertEquals(valueOf(text, "anomalies") > 0, true);
  }
});

cliTest(
  "a textfile that cannot be written changes nothing about the run, and is said",
  async (directory) => {
    const path = await storeOf(directory, events(2));
    const file = join(directory, "gone", "papyra.prom");
    const { code, stdout, stderr } = await papyra([
      "persistence",
      "scan",
      "--path",
      path,
      "--textfile",
      file,
    ]);
    assertEquals([code, stdout.startsWith("Persistence is healthy")], [0, true]);
    assertStringIncludes(stderr, file);
  },
);
