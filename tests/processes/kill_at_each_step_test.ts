import { join } from "node:path";
import { JsonFilePersistence, type Receipt } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { inTempDirectory } from "../_temp.ts";
import { Child, DENO } from "./_child.ts";
import { expectNamed } from "./_receipt_audit.ts";
import { recordOf } from "./_records.ts";
import { NOW, type PlannedRun, runOnce } from "./_run_once.ts";

/** One operation on one kind of store. */
interface Scenario extends Partial<PlannedRun> {
  readonly name: string;
  /** What is done to a sound store first. */
  readonly damage?: (path: string) => void;
  /** Whether the originals go into `quarantine`. */
  readonly keepsOriginals?: boolean;
}

const JUNK = `${"junk ".repeat(2000)}\n`;
const TORN = '{"kind":"event","timest';
const RECORDS = 40;
const STEPS_MIN = 8;

const SCENARIOS: readonly Scenario[] = [
  { name: "compaction", operation: "compact", options: { retention: { maxRecords: 5 } } },
  { name: "repair", damage: flipOneBit },
  { name: "repair of more than a receipt holds", damage: (path) => append(path, JUNK) },
  { name: "cut of a torn tail", isDiskFull: true, damage: (path) => append(path, TORN) },
  {
    name: "quarantine",
    options: { mode: "quarantine" },
    damage: flipOneBit,
    keepsOriginals: true,
  },
  { name: "recovery of a store that is gone", damage: (path) => Deno.removeSync(path) },
];

for (const scenario of SCENARIOS) {
  Deno.test(`a ${scenario.name} killed at any step leaves the store as before or as after`, () =>
    inTempDirectory(async (directory) => {
      const original = join(directory, "original");
      await makeStore(original, scenario);
      const after = await resultOf(directory, original, scenario);
      let fatal = 1;
      while (!await runKilled(directory, original, scenario, fatal, after)) fatal++;
      assert(fatal > STEPS_MIN, `only ${fatal - 1} steps`);
    }));
}

/** Kills one run and looks at what it leaves; true once the run has fewer steps than that. */
async function runKilled(
  directory: string,
  original: string,
  scenario: Scenario,
  fatal: number,
  after: string,
): Promise<boolean> {
  const stage = join(directory, String(fatal));
  await copyDirectory(original, stage);
  const path = join(stage, "facts.ndjson");
  const before = textOf(path);
  const run = runIn(stage, scenario);
  const args = [path, JSON.stringify(run), fatal];
  await using child = new Child(DENO, "_killed_run.ts", args, () => {});
  const isWhole = await child.ended() === 0;
  const left = textOf(path);
  assert(left === before || left === after, `step ${fatal} left something in between: ${left}`);
  if (left !== before && scenario.keepsOriginals) expectOriginal(stage, before!);
  await runOnce(path, run);
  assertEquals(textOf(path), after, `the run after step ${fatal}`);
  await expectSettled(path, fatal);
  await Deno.remove(stage, { recursive: true });
  return isWhole;
}

function expectOriginal(stage: string, before: string): void {
  const quarantine = join(stage, "quarantine");
  const texts = [...Deno.readDirSync(quarantine)].map(({ name }) => textOf(join(quarantine, name)));
  assert(texts.includes(before), "the original is not in the quarantine");
}

async function expectSettled(path: string, fatal: number): Promise<void> {
  await using store = new JsonFilePersistence(path, { clock: () => NOW });
  assertEquals((await store.scan()).anomalies, [], `step ${fatal}`);
  const receipts: Receipt[] = [];
  for await (const receipt of store.history()) receipts.push(receipt);
  const outcomes = receipts.map(({ outcome }) => outcome);
  assertEquals(outcomes.filter((outcome) => outcome === "done").length, 1, `step ${fatal}`);
  assertEquals(outcomes.includes("pending"), false, `step ${fatal}: ${outcomes}`);
  await expectNamed(path, receipts);
}

async function makeStore(directory: string, { damage }: Scenario): Promise<void> {
  await Deno.mkdir(directory);
  const path = join(directory, "facts.ndjson");
  await using store = new JsonFilePersistence(path, { clock: () => NOW });
  await store.recordMany(Array.from({ length: RECORDS }, (_, index) => recordOf(1, index)));
  await store.close();
  damage?.(path);
}

/** What the store is once the operation is through. */
async function resultOf(directory: string, original: string, scenario: Scenario): Promise<string> {
  const stage = join(directory, "result");
  await copyDirectory(original, stage);
  const path = join(stage, "facts.ndjson");
  await runOnce(path, runIn(stage, scenario));
  return textOf(path)!;
}

function runIn(stage: string, scenario: Scenario): PlannedRun {
  const { operation = "recover", options = {}, isDiskFull = false, keepsOriginals } = scenario;
  const quarantine = keepsOriginals ? { quarantineDir: join(stage, "quarantine") } : {};
  return { operation, options: { ...options, ...quarantine }, isDiskFull };
}

async function copyDirectory(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (isDirectory) await copyDirectory(source, target);
    else await Deno.copyFile(source, target);
  }
}

function textOf(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function flipOneBit(path: string): void {
  const bytes = Deno.readFileSync(path);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  Deno.writeFileSync(path, bytes);
}

function append(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { append: true });
}
