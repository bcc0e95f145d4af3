/** What simulated processes do with one store, and what each of them must see while the others work. */

import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import type { Anomaly, AnomalyCode } from "../../lib/model/anomaly.ts";
import type { Durability } from "../../lib/model/mode.ts";
import { COMPRESSIONS } from "../../lib/model/compression.ts";
import type { RecordInput, StoredRecord } from "../../lib/model/record.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import { filesOnDisk } from "./_files_on_disk.ts";
import { follower } from "./_interleaved_follower.ts";
import { AUDITS_KEPT, InterleavedLedger } from "./_interleaved_ledger.ts";
import type { Random } from "../_random.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";

/** Where the store is on the disk. */
export const STORE_PATH = "/data/events.ndjson";

/** What the processes of a run share. */
export interface Stage {
  readonly random: Random;
  readonly ledger: InterleavedLedger;
  disk: SimulatedDisk;
  /** Whether a process was killed. */
  hasDied: boolean;
  /** Whether a write was torn. */
  isTorn: boolean;
  /** Whether the disk of a process fails, sooner or later. */
  hasFailingDisk: boolean;
  /** Whether the power was cut. */
  hadPowerCut: boolean;
  /** Whether only those are left who follow what the others did. */
  isQuiet(): boolean;
}

/** What one process does; its name is its own. */
export type Role = (store: FilePersistence, stage: Stage, name: string) => Promise<void>;

/** The roles, by name. */
export const ROLES = {
  writer,
  auditor,
  rotator,
  compactor,
  recoverer,
  scanner,
  reader,
  follower,
  checker,
} as const satisfies { readonly [name: string]: Role };

const DURABILITIES: readonly Durability[] = ["always", "always", "interval:5", "os"];
const TORN_CODES: ReadonlySet<AnomalyCode> = new Set<AnomalyCode>([
  "TRUNCATED_LINE",
  "PARTIAL_WRITE",
  "CORRUPTED_LINE",
  "CHECKSUM_MISMATCH",
  "INVALID_UTF8",
  "NUL_PADDING",
]);

/** A durability for a store, most often the safest. */
export function anyDurability(random: Random): Durability {
  return random.pick(DURABILITIES);
}

async function writer(store: FilePersistence, stage: Stage, name: string): Promise<void> {
  const { random } = stage;
  const rounds = 2 + random.below(4);
  for (let round = 0; round < rounds; round++) {
    const names = Array.from({ length: 1 + random.below(3) }, (_, n) => `${name}-${round}-${n}`);
    if (random.below(3) === 0) await writeTogether(store, stage, names);
    else await Promise.all(names.map((one) => writeTogether(store, stage, [one])));
    if (random.below(4) === 0) await flush(store, stage);
  }
}

async function auditor(store: FilePersistence, stage: Stage, name: string): Promise<void> {
  const count = stage.random.below(7);
  for (let round = 0; round < count; round++) {
    await writeTogether(store, stage, [`${name}-${round}`], true);
  }
}

async function rotator(store: FilePersistence, { random }: Stage): Promise<void> {
  const rounds = 1 + random.below(3);
  for (let round = 0; round < rounds; round++) {
    if (!store.backendCapabilities().rotate) return;
    await unlessFailed(store, () => store.rotate(), SEALING_FAILURES);
  }
}

async function writeTogether(
  store: FilePersistence,
  stage: Stage,
  names: readonly string[],
  isAudit = stage.random.below(4) === 0,
): Promise<void> {
  const { ledger } = stage;
  const records = names.map((systemId): RecordInput =>
    isAudit ? { kind: "audit", systemId } : { kind: "event", systemId, eventType: "Tick" }
  );
  for (const name of names) ledger.submit(name);
  const answer = await unlessFailed(store, () => store.recordMany(records));
  if (answer === "UNKNOWN") stage.isTorn = true;
  else if (typeof answer === "string") names.forEach((name) => ledger.refuse(name));
  else {
    for (const [index, name] of names.entries()) {
      const isDurable = isAlways.has(store);
      ledger.acknowledge({ name, seq: answer.firstSeq! + index, isAudit, isDurable });
    }
    written.set(store, new Set([...written.get(store) ?? [], ...names]));
  }
}

// What was acknowledged before it is durable after it, whatever the store promises by itself.
async function flush(store: FilePersistence, { ledger }: Stage): Promise<void> {
  const names = written.get(store) ?? new Set();
  if (typeof await unlessFailed(store, () => store.flush()) !== "string") ledger.settle(names);
}

const written = new WeakMap<FilePersistence, ReadonlySet<string>>();
const isAlways = new WeakSet<FilePersistence>();
const mayFail = new WeakSet<FilePersistence>();
const FAILURES: ReadonlySet<unknown> = new Set(["NOT_WRITTEN", "UNKNOWN", "STORE_FAILED"]);
const SEALING_FAILURES: ReadonlySet<unknown> = new Set([...FAILURES, "IO_ERROR"]);

/** Notes that what a store acknowledges is durable. */
export function noteDurability(store: FilePersistence, durability: Durability): void {
  if (durability === "always") isAlways.add(store);
}

/** Notes that a write or a sync of this store is going to fail. */
export function noteFailure(store: FilePersistence): void {
  mayFail.add(store);
}

/** Closes a store, also one whose disk has failed. */
export async function closeStore(store: FilePersistence): Promise<void> {
  await unlessFailed(store, () => store.close());
}

/** Does something; returns the code of the failure where the disk fails. */
async function unlessFailed<T>(
  store: FilePersistence,
  body: () => Promise<T>,
  failures = FAILURES,
): Promise<T | string> {
  try {
    return await body();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (mayFail.has(store) && failures.has(code)) return code as string;
    throw error;
  }
}

async function compactor(store: FilePersistence, { random }: Stage): Promise<void> {
  for (let round = 0; round < 2; round++) {
    const retention = { byKind: { audit: { maxRecords: AUDITS_KEPT } } };
    const compress = random.pick([undefined, ...COMPRESSIONS]);
    const waitMs = random.pick([0, 50, 5000]);
    await unlessBusy(() =>
      store.compact({ retention, waitMs, ...(compress !== undefined && { compress }) })
    );
  }
}

async function recoverer(store: FilePersistence, stage: Stage): Promise<void> {
  const { random } = stage;
  const mode = random.pick(["repair", "quarantine", "rebuild"] as const);
  const quarantineDir = store.location.replace(/data.*/, "quarantine");
  const config = mode === "quarantine" ? { mode, quarantineDir } : { mode };
  const report = await unlessBusy(() =>
    store.recover(config, { waitMs: random.pick([0, 50, 5000]) })
  );
  if (report === null) return;
  assertNoFalseAlarm(report.before, stage);
  assertNoFalseAlarm(report.after, stage);
}

async function scanner(store: FilePersistence, stage: Stage): Promise<void> {
  for (let round = 0; round < 3; round++) assertNoFalseAlarm(await store.scan(), stage);
}

async function reader(store: FilePersistence, stage: Stage): Promise<void> {
  const { ledger, random } = stage;
  for (let round = 0; round < 3; round++) {
    const { acknowledged, refused } = ledger;
    if (random.below(2) === 0) ledger.check(await readAll(store, stage), acknowledged, refused);
    else await readNewest(store, stage);
  }
}

async function readNewest(store: FilePersistence, stage: Stage): Promise<void> {
  const { ledger, random } = stage;
  const before = ledger.acknowledged.filter(({ isAudit }) => !isAudit);
  const { refused } = ledger;
  const read = await store.listEvents({ limit: 3, reverse: random.below(2) === 0 });
  const newest = read.sort((one, other) => one.seq! - other.seq!);
  // Whoever reads without the lock may count records of a write that fails and takes them back.
  const mayBeFewer = stage.hasFailingDisk;
  const from = newest.length === 3 ? newest[0]!.seq! : mayBeFewer ? Infinity : 0;
  ledger.check(newest, before.filter(({ seq }) => seq >= from), refused);
}

/** Looks at what is left once the others are done, or dead. */
async function checker(store: FilePersistence, stage: Stage): Promise<void> {
  const { ledger } = stage;
  // What was not durable may be gone after a power cut, and its number given again.
  const promised = ledger.acknowledged.filter(({ isDurable }) => isDurable || !stage.hadPowerCut);
  ledger.check(await readAll(store, stage), promised);
  assertNothingGlued(stage);
  await assertReplacementsHaveReceipts(store, stage);
  assertNoFalseAlarm(await store.scan(), stage);
  assertHealthy((await store.recover()).after);
  ledger.check(await readAll(store, stage), promised);
  ledger.submit("next");
  const { lastSeq } = await store.recordEvent({ eventType: "Next", systemId: "next" });
  const highest = Math.max(0, ...promised.map(({ seq }) => seq));
  if (lastSeq! <= highest) throw new Error(`the next number is ${lastSeq}, behind ${highest}`);
  ledger.check(await readAll(store, stage), promised);
  assertHealthy(await store.scan());
}

// Maintenance writes down what it is about to do before it does it.
async function assertReplacementsHaveReceipts(
  store: FilePersistence,
  { disk }: Stage,
): Promise<void> {
  for (const { path, content } of filesOnDisk(disk, STORE_PATH)) {
    if (!new TextDecoder().decode(content).includes('"kind":"checkpoint"')) continue;
    await assertReplacementHasReceipt(store, disk, path);
  }
}

async function assertReplacementHasReceipt(
  store: FilePersistence,
  disk: SimulatedDisk,
  path: string,
): Promise<void> {
  const identity = new SimulatedFileSystem(disk).stat(path)?.identity;
  for await (const { outcome, details } of store.history()) {
    const replacement = details.new as { readonly identity: string } | undefined;
    if (replacement?.identity !== identity || outcome === "not_done") continue;
    for (const path of (details.originals ?? []) as string[]) {
      // Without the root of the process that wrote the receipt.
      const original = path.replace(/^\/[^/]+\/[^/]+/, "");
      if (disk.find(original) === null) throw new Error(`the original is gone: ${original}`);
    }
    return;
  }
  throw new Error(`${path} was replaced, and no receipt says so`);
}

// Whoever writes behind something torn begins a line of its own.
function assertNothingGlued({ disk }: Stage): void {
  const lines = filesOnDisk(disk, STORE_PATH)
    .flatMap(({ content }) => new TextDecoder().decode(content).split("\n"));
  const glued = lines.find((line) => line.lastIndexOf('{"kind":"') > 0);
  if (glued !== undefined) throw new Error(`two records on one line: ${glued}`);
}

function assertHealthy({ healthy, anomalies }: ScanReport): void {
  if (!healthy) throw new Error(`not healthy: ${JSON.stringify(anomalies)}`);
}

async function readAll(store: FilePersistence, stage: Stage): Promise<StoredRecord[]> {
  const stream = store.records();
  const records: StoredRecord[] = [];
  for await (const record of stream) records.push(record);
  const { skipped } = stream;
  if (skipped > 0 && !stage.isTorn) throw new Error(`${skipped} damaged lines read, as it says`);
  return records;
}

// What a killed process leaves is there; nothing else is.
function assertNoFalseAlarm({ anomalies }: ScanReport, stage: Stage): void {
  const false_ = anomalies.filter((anomaly) => !isExplained(anomaly, stage));
  if (false_.length > 0) throw new Error(`a false alarm: ${JSON.stringify(false_)}`);
}

function isExplained({ code }: Anomaly, { isTorn, hasDied }: Stage): boolean {
  if (code === "LEFTOVER_TEMP_FILE") return hasDied;
  return isTorn && TORN_CODES.has(code);
}

async function unlessBusy<T>(body: () => Promise<T>): Promise<T | null> {
  try {
    return await body();
  } catch (error) {
    if ((error as { code?: unknown }).code === "BUSY") return null;
    throw error;
  }
}
