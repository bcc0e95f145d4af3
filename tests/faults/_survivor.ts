/** What must hold of a disk after a power cut, or after its process was killed. */

import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import type { Anomaly, AnomalyCode } from "../../lib/model/anomaly.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import { assert, assertEquals } from "../_assert.ts";
import type { Ledger } from "./_ledger.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";
import { checkAccounts, checkSettled } from "./_survivor_accounts.ts";
import { openOn, PREPARED, type StoreFile, type Workload } from "./_workload.ts";

const latin1 = new TextDecoder("latin1");
const TORN_CODES: ReadonlySet<AnomalyCode> = new Set<AnomalyCode>([
  "TRUNCATED_LINE",
  "PARTIAL_WRITE",
  "CORRUPTED_LINE",
  "CHECKSUM_MISMATCH",
  "INVALID_UTF8",
  "NUL_PADDING",
]);

/** A disk, and what was done to it. */
export interface Survivor {
  readonly disk: SimulatedDisk;
  readonly workload: Workload;
  readonly prepared: readonly StoreFile[];
  readonly ledger: Ledger;
  /** Whether the power was cut: then only what was synced is promised. */
  readonly hadPowerCut: boolean;
}

/** What tells disks apart, as far as it matters: neither how long something took nor random names. */
export function shapeOf({ disk, workload, ledger, hadPowerCut }: Survivor): string {
  const files = disk.files.map(([path, { number, content }]) =>
    `${path.replaceAll(RANDOM_NAME, "NAME")} ${number}\n${contentShapeOf(content)}`
  );
  return `${workload.name} ${hadPowerCut} ${JSON.stringify(ledger)}\n${files.join("\n")}`;
}

const RANDOM_NAME = /[0-9a-f]{12}\.tmp|\d{8}T\d{6}Z-[0-9a-f]{8}/g;
const contentShapes = new WeakMap<Uint8Array, string>();

// A content is never changed in place, and most disks have most of theirs from others.
function contentShapeOf(content: Uint8Array): string {
  const known = contentShapes.get(content);
  if (known !== undefined) return known;
  const shape = latin1.decode(content)
    .replaceAll(RANDOM_NAME, "NAME")
    .replaceAll(/(?:"\w+_seconds\.\w+":\d+,?)+/g, "TOOK")
    .replaceAll(/"(since|\w+\.duration_seconds)":[\d.e-]+/g, '"$1":TIME')
    // Of totals, which say how long something took.
    .replace(/(?<="counts":.*"crc":")[0-9a-f]+/, "DIGEST");
  contentShapes.set(content, shape);
  return shape;
}

/** Looks at what is left, recovers it and goes on; throws where a promise is broken. */
export async function checkSurvivor(survivor: Survivor): Promise<void> {
  const { disk, workload } = survivor;
  const store = openOn(new SimulatedFileSystem(disk));
  const found = await namesIn(store);
  checkNames(found, survivor);
  const before = await store.scan();
  assertOnlyTornLines(before, workload);
  await assertMetrics(store, survivor);
  await checkAccounts(store, survivor);
  const { after } = await store.recover();
  assertEquals(after.anomalies, [], "anomalies after recovery");
  assertEquals(await namesIn(store), found, "recovery changed what is read");
  await checkSettled(store);
  await assertGoesOn(store, before, survivor);
  await store.close();
}

async function assertGoesOn(
  store: FilePersistence,
  before: ScanReport,
  survivor: Survivor,
): Promise<void> {
  const { lastSeq } = await store.recordEvent({ eventType: "next" });
  const { highestSeq, highestDurableSeq } = survivor.ledger;
  const given = Math.max(
    before.seqs?.max ?? 0,
    survivor.hadPowerCut ? highestDurableSeq : highestSeq,
    survivor.workload.isNew ? 0 : PREPARED.length,
  );
  assert(lastSeq! > given, `the next number is ${lastSeq}, and ${given} was given`);
  assert((await store.scan()).healthy, "not healthy after the next record");
}

/** The names of the events in a store. */
export async function namesIn(store: FilePersistence): Promise<string[]> {
  return (await store.listEvents()).map(({ eventType }) => eventType);
}

/** What is promised is there once and in order; what was refused, or never written, is not. */
export function checkNames(
  found: readonly string[],
  { workload, ledger, hadPowerCut }: Pick<Survivor, "workload" | "ledger" | "hadPowerCut">,
): void {
  assertEquals(new Set(found).size, found.length, `twice in ${found}`);
  const prepared = found.filter((name) => PREPARED.includes(name));
  const { before, after, between = [] } = workload;
  const states = ledger.isMaintained ? [after] : [before, ...between, after];
  const isWhole = states.some((state) => state.join() === prepared.join());
  assert(isWhole, `neither as before nor as after: ${found}`);
  const promised = hadPowerCut ? ledger.durable : ledger.acknowledged;
  assertEquals(found.filter((name) => promised.includes(name)), [...promised], `of ${found}`);
  const ghosts = found.filter((name) => ledger.refused.includes(name));
  assertEquals(ghosts, [], "refused as not written, and there");
  const strange = found.filter((name) => ![...PREPARED, ...ledger.submitted].includes(name));
  assertEquals(strange, [], "never written");
}

// A fault tears what was being written. It loses nothing that was there.
function assertOnlyTornLines({ anomalies }: ScanReport, workload: Workload): void {
  const errors = anomalies.filter(({ severity }) => severity === "error");
  const others = errors.filter((anomaly) => !isExplained(anomaly, workload));
  assertEquals(others, [], "more than torn lines");
}

function isExplained({ code, seq }: Anomaly, { isGone, damaged = [] }: Workload): boolean {
  if (code === "SEQUENCE_GAP") return damaged.includes(PREPARED[(seq ?? 0) - 1] ?? "");
  return TORN_CODES.has(code) || (isGone === true && code === "MISSING_STORE");
}

// Totals are as before or as after, never in between, and nothing is counted twice.
async function assertMetrics(
  store: FilePersistence,
  { workload, ledger }: Survivor,
): Promise<void> {
  const { records_written: written } = await store.metrics.snapshot();
  const wasPrepared = workload.isNew !== true;
  const min = wasPrepared && workload.resetsMetrics !== true ? PREPARED.length : 0;
  const max = (wasPrepared ? PREPARED.length : 0) + ledger.submitted.length;
  assert(written >= min && written <= max, `${written} records were written, as is counted`);
}
