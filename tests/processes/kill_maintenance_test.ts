import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type AnomalyCode, JsonFilePersistence, type Receipt } from "../../mod.ts";
import { assertEquals } from "../_assert.ts";
import { inTempDirectory } from "../_temp.ts";
import { Child, Condition, DENO } from "./_child.ts";
import { Ledger } from "./_ledger.ts";
import { recordOf } from "./_records.ts";

const ROUNDS = 10;
// So many runs at the least must have been in the middle of their copy.
const LEFTOVERS_MIN = 3;
const RECORDS = 30_000;
const FIRST_WRITER = 1;
const LIVE_WRITER = 2;
const COMPACTION = { retention: { byKind: { audit: { maxRecords: 50 } } } };

/** What runs while a writer is live, and is killed. */
interface Scenario {
  readonly operation: "compact" | "recover";
  readonly options: object;
  /** What another program writes into the store before each round. */
  readonly junk: string;
  /** What a scan may then find beside leftovers. */
  readonly anomalies: readonly AnomalyCode[];
}

const SCENARIOS: readonly Scenario[] = [
  { operation: "compact", options: COMPACTION, junk: "", anomalies: [] },
  { operation: "recover", options: {}, junk: "junk\n", anomalies: ["CORRUPTED_LINE"] },
];

for (const scenario of SCENARIOS) {
  const { operation } = scenario;
  Deno.test(`a ${operation} killed at any moment beside a live writer costs nothing`, () =>
    inTempDirectory(async (directory) => {
      const path = join(directory, "facts.ndjson");
      const ledger = new Ledger();
      await fill(path, ledger);
      await using writer = new Child(
        DENO,
        "_writer.ts",
        [path, LIVE_WRITER, 0, 20, 1, 20],
        (line) => ledger.take(LIVE_WRITER, line),
      );
      let leftovers = 0;
      let runMs = await expectMended(path, scenario);
      for (let round = 1; round <= ROUNDS || leftovers < LEFTOVERS_MIN; round++) {
        await Deno.writeTextFile(path, scenario.junk, { append: true });
        await killOneRun(path, scenario, runMs);
        leftovers += await expectOnlyLeftovers(path, scenario.anomalies);
        runMs = await expectMended(path, scenario);
        await ledger.survey(path);
      }
      assertEquals(await writer.stop(), 0);
      await ledger.survey(path);
    }));
}

async function fill(path: string, ledger: Ledger): Promise<void> {
  await using store = new JsonFilePersistence(path);
  const records = Array.from({ length: RECORDS }, (_, index) => recordOf(FIRST_WRITER, index));
  const { firstSeq } = await store.recordMany(records);
  ledger.take(FIRST_WRITER, `0 ${firstSeq} ${RECORDS}`);
}

/** Kills a run at any moment of the time that one takes. */
async function killOneRun(
  path: string,
  { operation, options }: Scenario,
  runMs: number,
): Promise<void> {
  let begun = 0;
  const running = new Condition(() => begun > 0);
  const args = [path, operation, JSON.stringify(options)];
  await using maintainer = new Child(DENO, "_maintainer.ts", args, () => {
    begun++;
    running.look();
  });
  await running.met;
  await setTimeout(Math.random() * runMs * 1.2);
  await maintainer.kill();
}

/** Nothing is wrong but what was put there; returns how many temporary files were left behind. */
async function expectOnlyLeftovers(path: string, known: readonly AnomalyCode[]): Promise<number> {
  await using store = new JsonFilePersistence(path);
  const { anomalies } = await store.scan();
  const leftovers = anomalies.filter(({ code }) => code === "LEFTOVER_TEMP_FILE");
  const others = anomalies.filter(({ code }) => code !== "LEFTOVER_TEMP_FILE");
  assertEquals(others.filter(({ code }) => !known.includes(code)), []);
  return leftovers.length;
}

/**
 * The next run removes what was left behind, settles the receipts, and does what was to be done;
 * returns how long it took.
 */
async function expectMended(path: string, { operation, options }: Scenario): Promise<number> {
  await using store = new JsonFilePersistence(path);
  const began = performance.now();
  await store[operation](options);
  const runMs = performance.now() - began;
  assertEquals((await store.scan()).anomalies, []);
  const receipts: Receipt[] = [];
  for await (const receipt of store.history()) receipts.push(receipt);
  assertEquals(receipts.filter(({ outcome }) => outcome === "pending"), []);
  return runMs;
}
