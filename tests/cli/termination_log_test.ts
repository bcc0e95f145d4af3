import { linkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { cliTest, papyra } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

/** Runs a command with a log, and returns both its exit code and what the log says. */
async function logged(
  directory: string,
  command: string,
): Promise<{ code: number; stderr: string; log: string }> {
  const args = [...command.split(" "), "--termination-log", "log"];
  const { code, stderr } = await papyra(args, { cwd: directory });
  return { code, stderr, log: await Deno.readTextFile(join(directory, "log")) };
}

for (const command of ["startup-check", "scan --quiet", "recover --json", "compact --json"]) {
  cliTest(`persistence ${command} leaves its verdict in words`, async (directory) => {
    await storeOf(directory, events(3));
    const { code, log } = await logged(directory, `persistence ${command} --path events.ndjson`);
    assertEquals(code, 0);
    assertMatch(log, /^(Persistence is healthy|Recovery|Compaction completed)[^]*\n$/);
    const { mode } = await Deno.stat(join(directory, "log"));
    assertEquals(mode! & 0o777, 0o600);
  });
}

cliTest("a store that is refused says why", async (directory) => {
  await damagedStore(directory);
  const { code, log } = await logged(directory, "persistence startup-check --path events.ndjson");
  assertEquals(code, 1);
  assertMatch(log, /^Found 1 persistence anomalies:\n- CHECKSUM_MISMATCH: /);
});

/** Commands that fail, and what they say. */
const FAILING: readonly (readonly [command: string, code: number, says: RegExp])[] = [
  ["persistence scan --path none --require-store", 10, /^papyra: There is no store at /],
  ["persistence scan --path .", 74, /^papyra: .*directory/],
  ["persistence recover --path a --mode quarantine", 64, /^papyra: .*quarantine/],
  ["persistence scan --path a --sincelast", 64, /^papyra: Unknown option "--sincelast"/],
  ["persistence startup-check --store redis://127.0.0.1:1", 69, /^papyra: .*127\.0\.0\.1/],
];

for (const [command, expected, says] of FAILING) {
  cliTest(`${command} leaves its error there`, async (directory) => {
    const { code, stderr, log } = await logged(directory, command);
    assertEquals(code, expected);
    assertMatch(log, says);
    assertEquals(log, stderr);
  });
}

cliTest("what stood there is gone, and 4 KiB is all that comes", async (directory) => {
  const path = await storeOf(directory, events(1), "\u00e9\u001b".repeat(40));
  await Deno.writeTextFile(path, "{\n".repeat(500), { append: true });
  const log = join(directory, "log");
  await Deno.writeTextFile(log, "old".repeat(10_000));
  const { code } = await papyra(["persistence", "scan", "--path", path, "--termination-log", log]);
  assertEquals(code, 2);
  const bytes = await Deno.readFile(log);
  assert(bytes.length <= 4096 && bytes.length > 4090, `${bytes.length} bytes`);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  assertMatch(text, /^Found 500 persistence anomalies:\n/);
  assert(text.endsWith("…\n"));
  assertEquals(text.includes("\u001b"), false);
});

cliTest("a link is not followed, and the verdict counts all the same", async (directory) => {
  await damagedStore(directory);
  const [log, victim] = [join(directory, "log"), join(directory, "victim")];
  for (const target of ["victim", "new", "log"]) {
    await Deno.writeTextFile(victim, "precious");
    symlinkSync(join(directory, target), log);
    const args = ["persistence", "scan", "--path", "events.ndjson", "--termination-log", "log"];
    const { code, stderr } = await papyra(args, { cwd: directory });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "Cannot write the termination log");
    assertEquals(await Deno.readTextFile(victim), "precious");
    assertEquals(await Deno.stat(join(directory, "new")).catch(() => null), null);
    await Deno.remove(log);
  }
});

cliTest("a pipe, a device, a directory and a missing folder are told", async (directory) => {
  await storeOf(directory, events(1));
  await new Deno.Command("mkfifo", { args: [join(directory, "pipe")] }).output();
  for (const log of ["pipe", "/dev/null", ".", "gone/log"]) {
    const args = ["persistence", "scan", "--path", "events.ndjson", "--termination-log", log];
    const { code, stderr } = await papyra(args, { cwd: directory });
    assertEquals(code, 0);
    assertMatch(stderr, /^papyra: Cannot write the termination log ".*": .*\n$/, log);
  }
});

cliTest("a file of another user's is left alone", async (directory) => {
  // Only root can make one, and only whom root trusts is not another user.
  if (Deno.uid() !== 0) return;
  await storeOf(directory, events(1));
  const log = join(directory, "log");
  await Deno.writeTextFile(log, "theirs");
  await Deno.chown(log, 65534, 65534);
  linkSync(log, join(directory, "second"));
  const { code, stderr, log: text } = await logged(
    directory,
    "persistence scan --path events.ndjson",
  );
  assertEquals([code, text], [0, "theirs"]);
  assertStringIncludes(stderr, "belongs to another user");
});
