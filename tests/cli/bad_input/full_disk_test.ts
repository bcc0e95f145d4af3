import { join } from "node:path";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../_assert.ts";
import { papyra, papyraOk } from "../_papyra.ts";
import { availableDisks, fill, free, type SmallDisk, withSmallDisk } from "../../_small_disk.ts";

const RECORDS = 20_000;
const TORN = '{"kind":"event","timestamp":17';
const FULL = /: the disk is full; free space and try again \(ENOSPC\)/;

/** What is tried on each kind of disk that the command line finds small too. */
const TRIALS: { readonly [name: string]: (disk: SmallDisk, path: string) => Promise<void> } = {
  "ingest stops, and what it acknowledged is there": tryIngest,
  "compact says so, with the store as before": tryCompact,
  "recover cuts a torn tail in place and prints it": tryRecover,
};

// Where nothing can be mounted, tests/bad_input/full_disk_test.ts tries the same on the module.
for (const kind of (await availableDisks()).filter((kind) => kind !== "simulated")) {
  for (const [name, attempt] of Object.entries(TRIALS)) {
    Deno.test(`on a full disk (${kind}) ${name}`, () =>
      withSmallDisk(kind, (disk) => attempt(disk, join(disk.directory, "facts.ndjson"))));
  }
}

async function tryIngest(disk: SmallDisk, path: string): Promise<void> {
  // What an operator would free first: compaction needs a little room for what it keeps.
  const ballast = join(disk.directory, "ballast");
  await Deno.writeFile(ballast, new Uint8Array(256 * 1024));
  const args = ["ingest", "--path", path, "--print-acks"];
  const { code, stdout, stderr } = await papyra(args, { stdin: inputLines(0) });
  const acks = stdout.trimEnd().split("\n").map(Number);
  assertEquals(code, 74);
  assertMatch(stderr, FULL);
  assertEquals(stderr.trimEnd().split("\n").length, 1);
  assertStringIncludes(stderr, `Cannot ingest lines ${acks.length + 1} to `);
  assertStringIncludes(stderr, `records acknowledged before that: ${acks.length}\n`);
  assertEquals(acks, acks.map((_, index) => index + 1));
  assertEquals(await numbersIn(path), acks.map((_, index) => index));
  await Deno.remove(ballast);
  await papyraOk(["persistence", "compact", "--path", path, "--max-records", "10", "--quiet"]);
  assertEquals((await papyra(args, { stdin: inputLines(acks.length, 100) })).code, 0);
  assertEquals((await numbersIn(path)).slice(-100), numbers(acks.length, 100));
  await papyraOk(["persistence", "scan", "--path", path]);
  await fill(disk);
  assertEquals((await papyra(args, { stdin: inputLines(0) })).code, 74);
  await papyraOk(["persistence", "scan", "--path", path]);
}

async function tryCompact(disk: SmallDisk, path: string): Promise<void> {
  await papyraOk(["ingest", "--path", path], { stdin: inputLines(0, 5000) });
  const before = await Deno.readFile(path);
  await fill(disk);
  const args = ["persistence", "compact", "--path", path, "--max-records", "4999"];
  const { code, stdout, stderr } = await papyra(args);
  assertEquals([code, stdout], [74, ""]);
  assertMatch(stderr, /^papyra: Cannot compact ".*\n$/);
  assertMatch(stderr, FULL);
  assertEquals(await Deno.readFile(path), before);
  await free(disk);
  assertStringIncludes(await papyraOk(args), "removed_records: 1\n");
}

async function tryRecover(disk: SmallDisk, path: string): Promise<void> {
  await papyraOk(["ingest", "--path", path], { stdin: inputLines(0, 5000) });
  await Deno.writeTextFile(path, TORN, { append: true });
  await fill(disk);
  const stdout = await papyraOk(["persistence", "recover", "--path", path, "--quiet"]);
  assertStringIncludes(stdout, `could not be stored, base64: ${btoa(TORN)}\n`);
  await papyraOk(["persistence", "scan", "--path", path]);
  assertEquals((await numbersIn(path)).length, 5000);
}

function inputLines(first: number, count = RECORDS): string {
  return numbers(first, count).map((n) =>
    `{"kind":"event","event_type":"Tick","payload":{"n":${n},"padding":"${"x".repeat(200)}"}}\n`
  ).join("");
}

function numbers(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

async function numbersIn(path: string): Promise<number[]> {
  const stdout = await papyraOk(["inspect", "events", "--path", path, "--json"]);
  const { records } = JSON.parse(stdout) as { records: { payload: { n: number } }[] };
  assert(records.length > 0);
  return records.map(({ payload }) => payload.n);
}
