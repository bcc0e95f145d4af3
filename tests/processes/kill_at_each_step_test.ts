import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { JsonFilePersistence, type Receipt, RotatingFilePersistence } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { inTempDirectory } from "../_temp.ts";
import { Child, DENO } from "./_child.ts";
import { expectNamed } from "./_receipt_audit.ts";
import { recordOf } from "./_records.ts";
import { NOW, type PlannedRun, runOnce } from "./_run_once.ts";

/** One operation on one kind of store. */
interface Scenario extends Partial<PlannedRun> {
  readonly name: string;
  /** Whether its first records are in a sealed segment. */
  readonly isSealed?: boolean;
  /** What is done to a sound store first. */
  readonly damage?: (path: string) => void;
  /** Whether the originals go into `quarantine`. */
  readonly keepsOriginals?: boolean;
}

/** What the files of a store hold, by their names. */
type StoreFiles = Readonly<Record<string, string>>;

const NAME = "facts.ndjson";
const JUNK = `${"junk ".repeat(2000)}\n`;
const TORN = '{"kind":"event","timest';
const RECORDS = 40;
const STEPS_MIN = 8;

const SCENARIOS: readonly Scenario[] = [
  { name: "compaction", operation: "compact", options: { retention: { maxRecords: 5 } } },
  { name: "compression", operation: "compact", options: { compress: "gzip" }, isSealed: true },
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
      const result = await resultOf(directory, original, scenario);
      let fatal = 1;
      while (!await runKilled(directory, original, scenario, fatal, result)) fatal++;
      assert(fatal > STEPS_MIN, `only ${fatal - 1} steps`);
    }));
}

/** Kills one run and looks at what it leaves; true once the run has fewer steps than that. */
async function runKilled(
  directory: string,
  original: string,
  scenario: Scenario,
  fatal: number,
  after: StoreFiles,
): Promise<boolean> {
  const stage = join(directory, String(fatal));
  await copyDirectory(original, stage);
  const path = join(stage, NAME);
  const before = filesIn(stage);
  const run = runIn(stage, scenario);
  const args = [path, JSON.stringify(run), fatal];
  await using child = new Child(DENO, "_killed_run.ts", args, () => {});
  const isWhole = await child.ended() === 0;
  const left = filesIn(stage);
  const isAsBefore = isDeepStrictEqual(left, before);
  // A compressed form stands beside its segment, which governs, until that goes.
  const isLeft = isAsBefore || isDeepStrictEqual(left, after) ||
    isDeepStrictEqual(left, { ...after, ...before });
  assert(isLeft, `step ${fatal} left something in between: ${JSON.stringify(left)}`);
  if (!isAsBefore && scenario.keepsOriginals) expectOriginal(stage, before[NAME]!);
  await runOnce(path, run);
  assertEquals(filesIn(stage), after, `the run after step ${fatal}`);
  await expectSettled(path, fatal);
  await Deno.remove(stage, { recursive: true });
  return isWhole;
}

function expectOriginal(stage: string, before: string): void {
  const quarantine = join(stage, "quarantine");
  assert(
    Object.values(filesIn(quarantine)).includes(before),
    "the original is not in the quarantine",
  );
}

async function expectSettled(path: string, fatal: number): Promise<void> {
  await using store = new JsonFilePersistence(path, { clock: () => NOW });
  assertEquals((await store.scan()).anomalies, [], `step ${fatal}`);
  const receipts: Receipt[] = [];
  for await (const receipt of store.history()) receipts.push(receipt);
  const outcomes = receipts.filter(({ operation }) => operation !== "clean")
    .map(({ outcome }) => outcome);
  assertEquals(outcomes.filter((outcome) => outcome === "done").length, 1, `step ${fatal}`);
  assertEquals(outcomes.includes("pending"), false, `step ${fatal}: ${outcomes}`);
  await expectNamed(path, receipts);
}

async function makeStore(directory: string, { isSealed, damage }: Scenario): Promise<void> {
  await Deno.mkdir(directory);
  const path = join(directory, NAME);
  await using store = new RotatingFilePersistence(path, { clock: () => NOW });
  await store.recordMany(Array.from({ length: RECORDS }, (_, index) => recordOf(1, index)));
  if (isSealed) {
    await store.rotate();
    await store.recordMany([recordOf(1, RECORDS)]);
  }
  await store.close();
  damage?.(path);
}

/** What the store is once the operation is through. */
async function resultOf(
  directory: string,
  original: string,
  scenario: Scenario,
): Promise<StoreFiles> {
  const stage = join(directory, "result");
  await copyDirectory(original, stage);
  const path = join(stage, NAME);
  await runOnce(path, runIn(stage, scenario));
  return filesIn(stage);
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

/** What the files in a directory hold, by their names. */
function filesIn(directory: string): StoreFiles {
  const files = [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile);
  return Object.fromEntries(
    files.map(({ name }) => [name, Deno.readFileSync(join(directory, name)).toHex()]),
  );
}

function flipOneBit(path: string): void {
  const bytes = Deno.readFileSync(path);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  Deno.writeFileSync(path, bytes);
}

function append(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { append: true });
}
