/**
 * Shows what Papyra is for, in some seconds, and checks each step itself.
 *
 * ```sh
 * deno task demo
 * ```
 *
 * @module
 */

import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DIST, ROOT } from "./_paths.ts";
import { say, seconds } from "./_say.ts";
import { type Damage, damageStore } from "./demo/damage.ts";
import { findPapyra, papyraRun } from "./demo/papyra.ts";
import { missingFrom, readStore } from "./demo/store_file.ts";
import { Writer } from "./demo/writer.ts";

const WRITERS = 4;
const RECORDS_EACH = 5000;
const KILLED_AFTER_RECORDS = 1000;
const KEPT_RECORDS = 10_000;
const LIVE_RECORDS_BEFORE = 500;
const PATIENCE_MS = 20_000;

const folder = join(DIST, "demo");
const store = join(folder, "facts.ndjson");
const quarantine = join(folder, "quarantine");
const papyra = findPapyra();
const startedAt = performance.now();

/** Several processes write; one of them is killed. */
async function writeTogether(): Promise<Writer[]> {
  const writers = Array.from({ length: WRITERS }, (_, index) => startWriter(`writer-${index + 1}`));
  const victim = startWriter("victim");
  const feeding = writers.map((writer) => writer.feed(RECORDS_EACH));
  await killInMidWrite(victim);
  await Promise.all(feeding);
  for (const writer of writers) {
    check(await writer.finish() === 0, `${writer.name} did not end well`);
    const count = writer.acknowledged.length;
    check(count === RECORDS_EACH, `${writer.name} acknowledged ${count} of ${RECORDS_EACH}`);
  }
  tell(`${WRITERS} processes got ${WRITERS * RECORDS_EACH} records acknowledged`);
  tell(`a fifth was killed in mid-write, after ${victim.acknowledged.length} acknowledgements`);
  const all = [...writers, victim];
  expectAllThere(all, new Set());
  const stored = readStore(store).length - all.flatMap((writer) => writer.acknowledged).length;
  tell(`  (${stored} more reached the file before it could acknowledge them)`);
  return all;
}

async function killInMidWrite(victim: Writer): Promise<void> {
  const killing = new AbortController();
  const feeding = victim.feedUntil(killing.signal);
  await acknowledgedBy(victim, KILLED_AFTER_RECORDS);
  killing.abort();
  await victim.kill();
  await feeding;
}

/** A scan names each damaged place. */
async function scanShows(damages: readonly Damage[]): Promise<void> {
  const { code, stdout } = await papyraRun(papyra, "persistence", "scan", "--path", store);
  check(code === 2, `the scan of a damaged store ended with ${code}`);
  const found = /^Found (\d+) persistence anomalies:$/m.exec(stdout)?.[1];
  check(Number(found) >= damages.length, `the scan found ${found} anomalies`);
  tell(`scan: exit 2, ${found} anomalies`);
  for (const line of stdout.matchAll(/^- .*$/gm)) tell(`  ${line[0]}`);
}

/** A recovery removes what is damaged and nothing else. */
async function recoverMends(writers: readonly Writer[], lost: ReadonlySet<number>): Promise<void> {
  const damaged = readFileSync(store);
  const mode = ["--mode", "quarantine", "--quarantine-dir", quarantine];
  await expectOk("persistence", "recover", "--path", store, ...mode);
  const originals = filesIn(quarantine).filter((path) => readFileSync(path).equals(damaged));
  check(originals.length === 1, "the damaged original is not in the quarantine");
  tell("recover: exit 0, the damaged original lies in quarantine/ byte for byte");
  await expectOk("persistence", "scan", "--path", store);
  expectAllThere(writers, lost);
}

/** A compaction runs while a process writes, and each gets what it was promised. */
async function compactBesideWriter(
  writers: readonly Writer[],
  lost: ReadonlySet<number>,
): Promise<void> {
  const live = startWriter("live");
  const stopping = new AbortController();
  const feeding = live.feedUntil(stopping.signal);
  await acknowledgedBy(live, LIVE_RECORDS_BEFORE);
  const before = live.acknowledged.length;
  const limit = ["--max-records", String(KEPT_RECORDS)];
  const output = await expectOk("persistence", "compact", "--path", store, ...limit);
  const during = live.acknowledged.length - before;
  stopping.abort();
  await feeding;
  check(await live.finish() === 0, "the writer beside the compaction did not end well");
  check(live.acknowledged.length === live.fed, "the writer beside the compaction lost records");
  tell(`compact: exit 0, beside a process that got ${during} records acknowledged meanwhile`);
  for (const line of output.split("\n").slice(0, 6)) if (line !== "") tell(`  ${line}`);
  expectNewest([...writers, live], lost);
  await expectOk("persistence", "scan", "--path", store);
}

// What is left must be the newest records, each as it was.
function expectNewest(writers: readonly Writer[], lost: ReadonlySet<number>): void {
  const lines = readStore(store);
  check(lines.length >= KEPT_RECORDS, `compaction kept ${lines.length}, not ${KEPT_RECORDS}`);
  const oldest = Math.min(...lines.map((line) => line.seq));
  const acknowledged = writers.flatMap((writer) => writer.acknowledged);
  const expired = acknowledged.filter((seq) => seq < oldest);
  check(expired.length > 0, "compaction removed nothing");
  expectAllThere(writers, new Set([...lost, ...expired]));
}

/** The counters, which the store keeps over all these processes. */
async function showMetrics(): Promise<void> {
  const output = await expectOk("metrics", "persistence", "--path", store, "--json");
  const text = JSON.stringify(JSON.parse(output));
  for (const [name, least] of [["scans", 3], ["recoveries", 1], ["compactions", 1]] as const) {
    const count = Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1]);
    check(count >= least, `the counter ${name} is ${count}`);
  }
  tell("metrics of the store:");
  say(output.trim());
}

function expectAllThere(writers: readonly Writer[], gone: ReadonlySet<number>): void {
  const missing = missingFrom(readStore(store), writers, gone);
  check(missing.length === 0, `${missing.length} records are not as promised: ${missing[0]}`);
  const acknowledged = writers.flatMap((writer) => writer.acknowledged);
  const count = acknowledged.filter((seq) => !gone.has(seq)).length;
  tell(`  each of ${count} acknowledged records stands in the store exactly once`);
}

async function expectOk(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await papyraRun(papyra, ...args);
  check(code === 0, `papyra ${args.join(" ")} ended with ${code}\n${stdout}${stderr}`);
  return stdout;
}

function startWriter(name: string): Writer {
  return new Writer(papyra, store, name);
}

async function acknowledgedBy(writer: Writer, count: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (writer.acknowledged.length < count) {
    check(performance.now() < deadline, `${writer.name} acknowledges nothing`);
    await sleep(1);
  }
}

function filesIn(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) =>
    join(parentPath, name)
  );
}

/** Ends the demo where something is not as promised. */
function check(holds: boolean, otherwise: string): void {
  if (holds) return;
  tell(`FAILED: ${otherwise}`);
  say(`What is left lies in ${relative(ROOT, folder)}`);
  Deno.exit(1);
}

function tell(line: string): void {
  say(`${seconds(performance.now() - startedAt).padStart(7)}  ${line}`);
}

if (import.meta.main) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  tell(`papyra is ${papyra.name}`);
  const writers = await writeTogether();
  const damages = damageStore(store, readStore(store));
  for (const { what } of damages) tell(`damaged: ${what}`);
  const lost = new Set(damages.flatMap(({ lost }) => lost === null ? [] : [lost.seq]));
  await scanShows(damages);
  await recoverMends(writers, lost);
  await compactBesideWriter(writers, lost);
  await showMetrics();
  tell(`all as promised; the store is left for a look in ${relative(ROOT, folder)}`);
}
