import { join } from "node:path";
import { JsonFilePersistence } from "../../mod.ts";
import type { AnomalyCode } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { Child, Condition, DENO } from "./_child.ts";
import { Ledger } from "./_ledger.ts";
import { inDirectory } from "./_stage.ts";

const ROUNDS = 20;
// What a kill leaves of a write; the rest are temporary files of the caches.
const TORN: ReadonlySet<AnomalyCode> = new Set(["TRUNCATED_LINE", "PARTIAL_WRITE"]);

Deno.test("a killed writer loses nothing that it acknowledged, and the next one goes on", () =>
  inDirectory(async (directory) => {
    const path = join(directory, "facts.ndjson");
    const ledger = new Ledger();
    let tornMax = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      await writeUntilKilled(path, round, ledger);
      tornMax++;
      await expectOnlyTorn(path, tornMax);
      await ledger.survey(path);
      await expectNextWrite(path, ledger, round);
      // Every other fragment is left for the next writer to be fenced off.
      if (round % 2 === 0) {
        await expectRecovered(path);
        tornMax = 0;
      }
    }
    assertEquals((await ledger.survey(path)).missingAudits, []);
  }));

async function writeUntilKilled(path: string, round: number, ledger: Ledger): Promise<void> {
  const killAfter = ledger.count + 1 + Math.floor(Math.random() * 2000);
  const enough = new Condition(() => ledger.count >= killAfter);
  const batchMax = round % 3 === 0 ? 2000 : 30;
  await using writer = new Child(DENO, "_writer.ts", [path, round, 0, batchMax, 16], (line) => {
    ledger.take(round, line);
    enough.look();
  });
  await enough.met;
  await writer.kill();
}

async function expectOnlyTorn(path: string, tornMax: number): Promise<void> {
  await using store = new JsonFilePersistence(path);
  const { anomalies, bytes } = await store.scan();
  const errors = anomalies.filter(({ severity }) => severity === "error");
  console.log(errors.map(({code, offset, length})=>`${code} ${offset} ${length}`).join(), bytes, anomalies.length);
  assert(errors.length <= tornMax, `${errors.length} anomalies after ${tornMax} kills`);
  assertEquals(errors.filter(({ code }) => !TORN.has(code)), []);
  for (const { code, offset, length } of errors) {
    if (code === "TRUNCATED_LINE") assertEquals(offset! + length!, bytes);
  }
}

async function expectNextWrite(path: string, ledger: Ledger, round: number): Promise<void> {
  const writer = ROUNDS + round;
  await using next = new Child(
    DENO,
    "_writer.ts",
    [path, writer, 7, 3, 2],
    (line) => ledger.take(writer, line),
  );
  assertEquals(await next.ended(), 0);
}

async function expectRecovered(path: string): Promise<void> {
  await using store = new JsonFilePersistence(path);
  const { after } = await store.recover();
  assertEquals(after.anomalies, []);
}
