import { join } from "node:path";
import { assertEquals, assertMatch } from "../_assert.ts";
import { cliTest, endOf, papyraOk, spawnPapyra } from "./_papyra.ts";
import { untilOpened } from "./_opened_files.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

const SIGNALS = [["SIGINT", 130], ["SIGTERM", 143]] as const;

/** Commands that wait while somebody else has the store's file locked. */
const WAITING = [
  "persistence scan",
  "doctor run",
  "persistence recover",
  "persistence startup-check --mode recover",
  "persistence compact --max-records 3",
  "persistence rotate",
  "record event --type T",
];

for (const args of WAITING) {
  for (const [signal, expected] of SIGNALS) {
    cliTest(`${signal} stops papyra ${args} with the store as before`, async (directory) => {
      const path = await damagedStore(directory);
      const before = await Deno.readFile(path);
      using file = await Deno.open(path);
      await file.lock(true);
      const child = spawnPapyra([...args.split(" "), "--path", path]);
      await child.stdin.close();
      await untilOpened(child.pid, path);
      child.kill(signal);
      assertEquals(await endOf(child), {
        code: expected,
        stdout: "",
        stderr: `papyra: Stopped by ${signal}\n`,
        isKilled: false,
      });
      await file.unlock();
      assertEquals(await Deno.readFile(path), before);
      const { anomaly_counts } = await scanOf(path);
      assertEquals(anomaly_counts, { CHECKSUM_MISMATCH: 1 });
    });
  }
}

for (const [signal, expected] of SIGNALS) {
  cliTest(`${signal} stops ingest, and what it acknowledged is there`, async (directory) => {
    const path = join(directory, "events.ndjson");
    const child = spawnPapyra(["ingest", "--path", path, "--print-acks"]);
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode('{"kind":"event"}\n{"kind":"ev'));
    const reader = child.stdout.getReader();
    assertEquals(new TextDecoder().decode((await reader.read()).value), "1\n");
    reader.releaseLock();
    child.kill(signal);
    const { code, stderr, isKilled } = await endOf(child);
    await writer.abort().catch(() => {});
    assertEquals([code, isKilled], [expected, false]);
    assertEquals(stderr, `papyra: Stopped by ${signal}; records acknowledged before that: 1\n`);
    assertEquals((await scanOf(path)).records, { event: 1, audit: 0, dead_letter: 0 });
  });

  cliTest(
    `${signal} stops a listing that nobody reads on, as one whole document`,
    async (directory) => {
      const path = await storeOf(directory, events(50_000));
      const child = spawnPapyra(["inspect", "events", "--path", path, "--json"]);
      await child.stdin.close();
      const reader = child.stdout.getReader();
      const { value: first } = await reader.read();
      child.kill(signal);
      const rest: Uint8Array[] = [first!];
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        rest.push(next.value);
      }
      const { code, signal: killedBy } = await child.status;
      await child.stderr.cancel();
      assertEquals([code, killedBy], [expected, null]);
      const document = JSON.parse(await new Blob(rest as BlobPart[]).text());
      assertEquals([document.error.code, document.error.exit_code], ["ABORTED", expected]);
    },
  );
}

cliTest("--timeout stops a command that waits, with exit code 13", async (directory) => {
  const path = await damagedStore(directory);
  using file = await Deno.open(path);
  await file.lock(true);
  const child = spawnPapyra(["persistence", "scan", "--path", path, "--timeout", "300ms"]);
  await child.stdin.close();
  assertEquals(await endOf(child), {
    code: 13,
    stdout: "",
    stderr: "papyra: Stopped: the time limit of 300ms passed, see --timeout\n",
    isKilled: false,
  });
});

cliTest("a second maintenance run is busy, exit code 11, unless it may wait", async (directory) => {
  const path = await damagedStore(directory);
  await papyraOk(["persistence", "compact", "--path", path, "--max-records", "100", "--quiet"]);
  const lockPath = join(directory, ".events.ndjson.papyra", "maintenance.lock");
  using lock = await Deno.open(lockPath, { read: true, write: true, create: true });
  await lock.lock(true);
  for (const wait of [[], ["--wait", "50ms"]]) {
    const child = spawnPapyra(["persistence", "recover", "--path", path, ...wait]);
    await child.stdin.close();
    const { code, stderr } = await endOf(child);
    assertEquals(code, 11);
    assertMatch(stderr, /^papyra: Cannot begin: .*--wait 30s/);
  }
  const patient = spawnPapyra(["persistence", "recover", "--path", path, "--wait", "1m"]);
  await patient.stdin.close();
  // Another run that comes after it and gives up shows that it had time to give up, too.
  const impatient = spawnPapyra(["persistence", "recover", "--path", path]);
  await impatient.stdin.close();
  assertEquals((await endOf(impatient)).code, 11);
  await lock.unlock();
  assertEquals((await endOf(patient)).code, 0);
});

async function scanOf(path: string) {
  const child = spawnPapyra(["persistence", "scan", "--path", path, "--json"]);
  await child.stdin.close();
  return JSON.parse((await endOf(child)).stdout);
}
