import { join } from "node:path";
import { assertEquals, assertMatch, assertStringIncludes } from "../_assert.ts";
import type { RecordInput } from "../../lib/model/record.ts";
import { cliTest, papyra, papyraOk } from "./_papyra.ts";
import { damagedStore, events, storeOf } from "./_stores.ts";

const LETTERS: readonly RecordInput[] = [1, 2, 3].map((n) => ({
  kind: "dead_letter",
  timestamp: 1_600_000_000 + n,
  messageType: "Ping",
}));

cliTest("compact removes what the given retention expires, and counts it", async (directory) => {
  const path = await storeOf(directory, events(10));
  const stdout = await papyraOk(["persistence", "compact", "--path", path, "--max-records", "4"]);
  assertMatch(stdout, /^Compaction completed\n {2}backend: JsonFilePersistence\n/);
  assertMatch(stdout, /^ {2}before_records: 10\n {2}after_records: 4\n/m);
  assertMatch(stdout, /^ {2}removed_records: 6$/m);
  assertMatch(stdout, /^ {2}event: 10 -> 4 \(6 removed\)$/m);
  const left = await papyraOk(["inspect", "events", "--path", path]);
  assertEquals(left.trimEnd().split("\n").length, 4);
});

cliTest("a flood of events does not push out dead letters", async (directory) => {
  const path = await storeOf(directory, [...LETTERS, ...events(20)]);
  await papyraOk(["persistence", "compact", "--path", path, "--max-records", "3"]);
  const letters = await papyraOk(["inspect", "dead-letters", "--path", path]);
  assertEquals(letters.trimEnd().split("\n").length, 3);
});

cliTest("--kind limits one kind only", async (directory) => {
  const path = await storeOf(directory, [...LETTERS, ...events(5)]);
  const limits = ["--max-records", "1", "--kind", "dead-letter"];
  const stdout = await papyraOk(["persistence", "compact", "--path", path, ...limits]);
  assertMatch(stdout, /^ {2}event: 5 -> 5 \(0 removed\)$/m);
  assertMatch(stdout, /^ {2}dead_letter: 3 -> 1 \(2 removed\)$/m);
});

cliTest("--max-age and --max-bytes are taken in people's units", async (directory) => {
  const now = Date.now() / 1000;
  const path = await storeOf(directory, [...events(5), ...events(2, now - 60)]);
  const aged = await papyraOk(["persistence", "compact", "--path", path, "--max-age", "2h"]);
  assertMatch(aged, /^ {2}after_records: 2$/m);
  const bounded = await papyraOk([
    "persistence",
    "compact",
    "--path",
    path,
    "--max-bytes",
    "0.125KiB",
  ]);
  assertMatch(bounded, /^ {2}after_records: 0$/m);
});

cliTest("compact --dry-run shows the same and changes nothing", async (directory) => {
  const path = await storeOf(directory, events(10));
  const before = await Deno.readFile(path);
  const args = ["persistence", "compact", "--path", path, "--max-records", "4", "--dry-run"];
  assertMatch(
    await papyraOk(args),
    /^Compaction planned, nothing changed\n[^]* {2}after_records: 4\n/,
  );
  const report = JSON.parse(await papyraOk([...args, "--json"]));
  assertEquals([report.dry_run, report.changed, report.receipt], [true, false, null]);
  assertEquals(await Deno.readFile(path), before);
});

cliTest("compact without retention removes nothing and says why", async (directory) => {
  const path = await storeOf(directory, events(3));
  const { code, stdout, stderr } = await papyra(["persistence", "compact", "--path", path]);
  assertEquals(code, 0);
  assertMatch(stdout, /^ {2}removed_records: 0$/m);
  assertMatch(stderr, /^papyra: no retention is set, so nothing expires/);
});

cliTest("compact keeps damaged lines and names the command that mends them", async (directory) => {
  const path = await damagedStore(directory);
  const { code, stderr } = await papyra(
    ["persistence", "compact", "--path", path, "--max-records", "100"],
  );
  assertEquals(code, 0);
  assertStringIncludes(stderr, "1 damaged lines were kept: run papyra persistence recover");
});

cliTest("compact --json has the counts of each kind", async (directory) => {
  const path = await storeOf(directory, [...LETTERS, ...events(5)]);
  const stdout = await papyraOk(
    ["persistence", "compact", "--path", path, "--max-records", "2", "--json"],
  );
  const report = JSON.parse(stdout);
  assertEquals([report.schema, report.dry_run], ["papyra.compaction/v1", false]);
  assertEquals([report.before_records, report.after_records, report.removed_records], [8, 4, 4]);
  assertEquals(report.by_kind.event.removed_seqs, { min: 4, max: 6 });
});

cliTest("--compress compresses sealed segments, and says what they take", async (directory) => {
  const path = await segmentedStore(directory);
  const args = ["persistence", "compact", "--path", path, "--compress"];
  assertMatch(
    await papyraOk([...args, "gzip", "--dry-run"]),
    /^ {2}gzip: 2 segments \(\d+ -> \? bytes\)/m,
  );
  const told = await papyra([...args, "gzip"]);
  assertMatch(
    told.stdout,
    /^ {2}gzip: 2 segments \(\d+ -> \d+ bytes\), 0 compressed before, 0 left as/m,
  );
  assertEquals(told.stderr, "");
  const { compression } = JSON.parse(await papyraOk([...args, "zstd", "--json"]));
  assertEquals([compression.form, compression.segments, compression.segments_before], [
    "zstd",
    0,
    2,
  ]);
  await papyraOk(["persistence", "scan", "--path", path]);
  assertEquals((await papyra([...args, "brotli"])).code, 64);
});

cliTest("--compress leaves a damaged segment, and says where to look", async (directory) => {
  const path = await segmentedStore(directory);
  const [segment] = [...Deno.readDirSync(directory)].map(({ name }) => name).filter(isSegment);
  await Deno.writeTextFile(join(directory, segment!), "junk\n", { append: true });
  const { code, stderr } = await papyra([
    "persistence",
    "compact",
    "--path",
    path,
    "--compress",
    "gzip",
  ]);
  assertEquals(code, 0);
  assertStringIncludes(
    stderr,
    "1 segments were left as they are: papyra persistence scan says why",
  );
});

async function segmentedStore(directory: string): Promise<string> {
  const path = await storeOf(directory, events(3));
  await papyraOk(["persistence", "rotate", "--path", path]);
  await storeOf(directory, events(3));
  await papyraOk(["persistence", "rotate", "--path", path]);
  return path;
}

function isSegment(name: string): boolean {
  return /\.\d{16}$/.test(name);
}
