import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import { untilOpened } from "./_opened_files.ts";
import { Ingest } from "./_ingest.ts";
import { cliTest, endOf, papyraOk, spawnPapyra } from "./_papyra.ts";

const ROUNDS = 5;
const RECORDS_A_ROUND = 400;

cliTest("SIGHUP seals the active file of an ingest, which goes on in order", async (directory) => {
  const path = join(directory, "events.ndjson");
  await using ingest = new Ingest(["--path", path]);
  for (let round = 1; round <= ROUNDS; round++) {
    // Some are acknowledged, others on their way, when it comes.
    await ingest.send(RECORDS_A_ROUND);
    await ingest.until(() => ingest.acknowledged.length > (round - 1) * RECORDS_A_ROUND);
    ingest.hangUp();
    await ingest.until(() => (ingest.told.match(/SIGHUP: sealed/g) ?? []).length === round);
  }
  await ingest.send(1);
  assertEquals(await ingest.end(), 0);
  const count = ROUNDS * RECORDS_A_ROUND + 1;
  assertEquals(ingest.acknowledged, Array.from({ length: count }, (_, index) => index + 1));
  const firstSeqs = [...ingest.told.matchAll(/^papyra: SIGHUP: sealed \S+\.(\d{16}) with /gm)];
  assertEquals(firstSeqs.length, ROUNDS);
  for (const [, number] of firstSeqs) await Deno.stat(`${path}.${number}`);
  const scan = JSON.parse(await papyraOk(["persistence", "scan", "--path", path, "--json"]));
  assertEquals([scan.records.event, scan.anomalies_total], [count, 0]);
  const metrics = await papyraOk(["metrics", "persistence", "--path", path]);
  assertStringIncludes(metrics, `rotations: ${ROUNDS}\n`);
});

cliTest(
  "SIGHUP with nothing to seal, or no way to, is told and ends nothing",
  async (directory) => {
    const path = join(directory, "events.ndjson");
    const taken = `${path}.0000000000000001`;
    await Deno.mkdir(taken);
    await using ingest = new Ingest(["--path", path]);
    await ingest.send(1);
    await ingest.until(() => ingest.acknowledged.length === 1);
    ingest.hangUp();
    await ingest.until(() => ingest.told !== "");
    assertMatch(ingest.told, /^papyra: SIGHUP: Cannot seal ".*", is taken; move that file away\n$/);
    await ingest.send(1);
    await ingest.until(() => ingest.acknowledged.length === 2);
    await Deno.remove(taken);
    ingest.hangUp();
    await ingest.until(() => ingest.told.includes("sealed"));
    ingest.hangUp();
    await ingest.until(() => ingest.told.includes("SIGHUP: nothing to seal"));
    assertEquals(await ingest.end(), 0);
    assertStringIncludes(
      ingest.told,
      `SIGHUP: sealed ${await Deno.realPath(taken)} with records 1 to 2`,
    );
    assertEquals(ingest.acknowledged, [1, 2]);
  },
);

cliTest("SIGHUP ends every other command, as is usual", async (directory) => {
  const path = join(directory, "events.ndjson");
  await papyraOk(["record", "event", "--type", "T", "--path", path]);
  using file = await Deno.open(path);
  await file.lock(true);
  const child = spawnPapyra(["persistence", "scan", "--path", path]);
  await child.stdin.close();
  await untilOpened(child.pid, path);
  child.kill("SIGHUP");
  assertEquals((await endOf(child)).isKilled, true);
});
