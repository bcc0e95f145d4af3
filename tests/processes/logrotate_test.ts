/**
 * What logrotate does from outside, beside writers, scans and compactions: `create` renames the file
 * and makes another, `copytruncate` copies it and cuts it to nothing.
 */

import { dirname, join } from "node:path";
import { pollUntil } from "../../lib/storage/polling.ts";
import { JsonFilePersistence, type ScanReport } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { tempTest } from "../_temp.ts";
import { Child, DENO } from "./_child.ts";
import { readTruth } from "./_file_truth.ts";
import { Ledger } from "./_ledger.ts";
import type { Run } from "./_runs.ts";

const EVERYBODY = { durabilities: ["always", "interval:20", "os"], compacts: true };
const PATIENCE_MS = 60_000;
const ROTATIONS = 10;
// From one rotation to the next, so that everybody has found the new file.
const BATCHES_EACH = 12;
const AUDITS_KEPT = 100;
const COMPACTION = { retention: { byKind: { audit: { maxRecords: AUDITS_KEPT } } } };
const NUMBERS = /^records? (\d+)(?: to (\d+))? (?:is|are) missing/;

/** What everybody said while a store was rotated. */
interface Rotated {
  readonly ledger: Ledger;
  readonly scans: readonly Run[];
  readonly compactions: readonly Run[];
}

tempTest("a store that is rotated to PATH.1, PATH.2, … stays whole", async (directory) => {
  const path = join(directory, "facts.ndjson");
  const { ledger, scans, compactions } = await rotate(path, async (turn) => {
    for (let number = turn; number > 1; number--) {
      await Deno.rename(`${path}.${number - 1}`, `${path}.${number}`);
    }
    await Deno.rename(path, `${path}.1`);
    await makeAnew(path);
  });
  expectOnly(compactions, ["BUSY"], []);
  // Between two renames a name is missing, which a scan may see.
  expectOnly(scans, [], ["ORPHANED_ROTATED_FILE"]);
  assertEquals((await scan(path)).anomalies, []);
  const { records, retired } = await ledger.survey(path);
  assertEquals(records + retired, ledger.count);
});

tempTest("records that were moved elsewhere are told, and can be put back", async (directory) => {
  const path = join(directory, "facts.ndjson");
  const moved = (turn: number) => join(directory, "old", `facts-${turn}.ndjson`);
  await Deno.mkdir(dirname(moved(1)));
  // A file that maintenance made may come and go before a writer has seen it: its numbers are known late.
  const { ledger, scans } = await rotate(path, async (turn) => {
    await Deno.rename(path, moved(turn));
    await makeAnew(path);
  }, { ...EVERYBODY, compacts: false });
  expectOnly(scans, [], ["SEQUENCE_GAP", "MISSING_STORE"]);
  const { highestSeq } = await readTruth(moved(ROTATIONS));
  assertEquals(missingIn(await scan(path)), [{ from: 1, to: highestSeq }]);
  await putBack(path, moved);
  assertEquals((await scan(path)).anomalies, []);
  const { records, retired } = await ledger.survey(path);
  assertEquals(records + retired, ledger.count);
});

tempTest("records lost between copy and truncate are told, each of them", async (directory) => {
  const path = join(directory, "facts.ndjson");
  const copied = (turn: number) => join(directory, "old", `facts-${turn}.ndjson`);
  await Deno.mkdir(dirname(copied(1)));
  // Only the process that gave the last numbers knows them in the first second.
  const cast = { ...EVERYBODY, durabilities: ["always"] };
  const { ledger, scans, compactions } = await rotate(path, async (turn) => {
    await Deno.copyFile(path, copied(turn));
    await Deno.truncate(path);
  }, cast);
  expectOnly(compactions, ["BUSY"], []);
  expectOnly(scans, [], ["SEQUENCE_GAP"]);
  const given = [...ledger.seqsOf(["event", "dead_letter"])];
  expectAccounted(await scan(path), await seqsIn(path), given);
  await putBack(path, copied);
  const whole = await scan(path);
  expectOnly([{ changed: false, anomalies: whole.anomalies }], [], ["SEQUENCE_GAP"]);
  expectAccounted(whole, await seqsIn(path), given);
});

/** Each number is either there or told to be missing. */
function expectAccounted(report: ScanReport, found: readonly number[], given: number[]): void {
  const there = new Set(found);
  const missing = missingIn(report);
  const isMissing = (seq: number) => missing.some(({ from, to }) => from <= seq && seq <= to);
  assertEquals(given.filter((seq) => there.has(seq) === isMissing(seq)), []);
}

async function rotate(
  path: string,
  turn: (turn: number) => Promise<void>,
  { durabilities, compacts } = EVERYBODY,
): Promise<Rotated> {
  const ledger = new Ledger({ audit: AUDITS_KEPT });
  const [scans, compactions]: [Run[], Run[]] = [[], []];
  await using stack = new AsyncDisposableStack();
  const start = (script: string, args: (string | number)[], onLine: (line: string) => void) =>
    stack.use(new Child(DENO, script, [path, ...args], onLine));
  const maintain = (operation: string, options: object, runs: Run[]) =>
    start("_maintainer.ts", [operation, JSON.stringify(options)], (line) => {
      if (line !== '{"begun":true}') runs.push(JSON.parse(line));
    });
  const batches = durabilities.map(() => 0);
  const children = durabilities.map((durability, writer) =>
    start("_writer.ts", [writer, 0, 20, 4, 2, durability], (line) => {
      ledger.take(writer, line);
      batches[writer]!++;
    })
  );
  const written = (count: number) =>
    pollUntil(() => batches.every((each) => each >= count), { timeoutMs: PATIENCE_MS });
  assert(await written(BATCHES_EACH), "the writers do not begin");
  children.push(maintain("scan", {}, scans));
  if (compacts) children.push(maintain("compact", COMPACTION, compactions));
  for (let number = 1; number <= ROTATIONS; number++) {
    await turn(number);
    const enough = Math.max(...batches) + BATCHES_EACH;
    assert(await written(enough), "a writer does not go on");
  }
  for (const child of children) assertEquals(await child.stop(), 0);
  return { ledger, scans, compactions };
}

async function makeAnew(path: string): Promise<void> {
  try {
    (await Deno.open(path, { write: true, createNew: true, mode: 0o600 })).close();
  } catch (error) {
    // A writer was first.
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

function expectOnly(
  runs: readonly Run[],
  errors: readonly string[],
  anomalies: readonly string[],
): void {
  assert(runs.length > 0, "nothing was run");
  assertEquals(runs.filter(({ error }) => error !== undefined && !errors.includes(error)), []);
  const found = runs.flatMap((run) => run.anomalies ?? []);
  assertEquals(found.filter(({ code }) => !anomalies.includes(code)), []);
}

/** The oldest has the highest number. */
async function putBack(path: string, moved: (turn: number) => string): Promise<void> {
  for (let turn = 1; turn <= ROTATIONS; turn++) {
    await Deno.rename(moved(turn), `${path}.${ROTATIONS + 1 - turn}`);
  }
}

/** The numbers that a scan says are missing. */
function missingIn({ anomalies }: ScanReport): { readonly from: number; readonly to: number }[] {
  return anomalies.filter(({ code }) => code === "SEQUENCE_GAP").map(({ reason }) => {
    const [, from, to = from] = NUMBERS.exec(reason) ?? [];
    assert(from !== undefined, reason);
    return { from: Number(from), to: Number(to) };
  });
}

async function scan(path: string): Promise<ScanReport> {
  await using store = new JsonFilePersistence(path);
  return await store.scan();
}

async function seqsIn(path: string): Promise<number[]> {
  await using store = new JsonFilePersistence(path);
  return await Array.fromAsync(store.records(), ({ seq }) => seq!);
}
