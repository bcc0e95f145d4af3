/** The power is cut at every operation of every workload; whatever is left must keep the promises. */

import type { AnomalyCode } from "../../lib/model/anomaly.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import { assert, assertEquals } from "../_assert.ts";
import { Random } from "../_random.ts";
import { SimulatedDisk } from "./_simulated_disk.ts";
import { PowerCut, SimulatedFileSystem } from "./_simulated_file_system.ts";
import {
  type Ledger,
  newLedger,
  openOn,
  preparedContent,
  prepareStore,
  STORE_PATH,
  withFlippedByte,
  type Workload,
  WORKLOADS,
} from "./_workloads.ts";

const TORN_CODES: ReadonlySet<AnomalyCode> = new Set<AnomalyCode>([
  "TRUNCATED_LINE",
  "PARTIAL_WRITE",
  "CORRUPTED_LINE",
  "CHECKSUM_MISMATCH",
  "INVALID_UTF8",
  "NUL_PADDING",
]);
const SEEDS = Number(Deno.env.get("PAPYRA_CRASH_SEEDS") ?? 4);

for (const workload of WORKLOADS) {
  Deno.test(`a power cut at any operation of "${workload.name}" leaves a store that keeps its promises`, async () => {
    const operations = await countOperations(workload);
    for (let point = 0; point <= operations; point++) {
      const { disk, ledger } = await runUntil(workload, point);
      for (let seed = 1; seed <= SEEDS; seed++) {
        const context = `${workload.name}, operation ${point}, seed ${seed}`;
        await checkSurvivor(
          disk.afterPowerCut(new Random(seed * 7919 + point)),
          workload,
          ledger,
          context,
        );
      }
    }
  });
}

Deno.test("a power cut at any operation of the recovery from a power cut does no harm either", async () => {
  for (const workload of WORKLOADS) {
    const operations = await countOperations(workload);
    for (let point = 3; point <= operations; point += 7) {
      const { disk, ledger } = await runUntil(workload, point);
      const first = new Random(point);
      for (let second = 0; second < 60; second += 3) {
        const survivor = disk.afterPowerCut(first);
        await recoverUntil(survivor, second);
        const context = `${workload.name}, operations ${point} and ${second}`;
        await checkSurvivor(survivor.afterPowerCut(new Random(second)), workload, ledger, context);
      }
    }
  }
});

async function countOperations(workload: Workload): Promise<number> {
  const disk = new SimulatedDisk();
  await prepareStore(disk, workload);
  const fileSystem = new SimulatedFileSystem(disk);
  await workload.run(openOn(fileSystem, workload.durability), newLedger());
  return fileSystem.operations;
}

async function runUntil(
  workload: Workload,
  point: number,
): Promise<{ readonly disk: SimulatedDisk; readonly ledger: Ledger }> {
  const disk = new SimulatedDisk();
  await prepareStore(disk, workload);
  const ledger = newLedger();
  const store = openOn(endingAt(disk, point), workload.durability);
  await workload.run(store, ledger).catch(expectPowerCut);
  await store.close().catch(() => {});
  return { disk, ledger };
}

async function recoverUntil(disk: SimulatedDisk, point: number): Promise<void> {
  const store = openOn(endingAt(disk, point));
  await store.recover().catch(expectPowerCut);
  await store.close().catch(() => {});
}

function endingAt(disk: SimulatedDisk, point: number): SimulatedFileSystem {
  return new SimulatedFileSystem(disk, ({ index }) => {
    if (index >= point) throw new PowerCut();
    return "happens";
  });
}

// The power cut itself, or what the store makes of it: never a mistake in the program.
function expectPowerCut(error: unknown): void {
  const isBug = error instanceof TypeError || error instanceof RangeError;
  if (isBug) throw error;
}

async function checkSurvivor(
  disk: SimulatedDisk,
  workload: Workload,
  ledger: Ledger,
  context: string,
): Promise<void> {
  const store = openOn(new SimulatedFileSystem(disk));
  const promised = promisedNames(workload, ledger);
  const found = await namesIn(store);
  assertSubsequence(promised, found, context);
  assertEquals(new Set(found).size, found.length, `${context}: twice in ${found}`);
  const before = await store.scan();
  assertOnlyTornLines(before, context);
  if (workload.quarantines) assertOriginalIsThere(disk, context);
  const recovery = await store.recover();
  assert(
    recovery.after.healthy,
    `${context}: not healthy after recovery: ${JSON.stringify(recovery.after.anomalies)}`,
  );
  assertEquals(await namesIn(store), found, `${context}: recovery changed what is read`);
  const { lastSeq } = await store.recordEvent({ eventType: "next" });
  const last = before.seqs?.max ?? 0;
  assert(lastSeq !== null && lastSeq > last, `${context}: number ${lastSeq} after ${last}`);
  const after = await store.scan();
  assert(
    after.healthy,
    `${context}: not healthy after the next record: ${JSON.stringify(after.anomalies)}`,
  );
  await store.close();
}

async function namesIn(store: ReturnType<typeof openOn>): Promise<string[]> {
  return (await store.listEvents()).map(({ eventType }) => eventType);
}

function promisedNames(workload: Workload, ledger: Ledger): string[] {
  return [...workload.survivors, ...(workload.durability === "always" ? ledger.acknowledged : [])];
}

// A power cut tears what was being written. It loses nothing that was there.
function assertOnlyTornLines({ anomalies }: ScanReport, context: string): void {
  const errors = anomalies.filter(({ severity }) => severity === "error");
  const others = errors.filter(({ code }) => !TORN_CODES.has(code));
  assertEquals(others, [], `${context}: more than torn lines`);
}

// The flipped byte stands in one file or the other, whatever happens.
function assertOriginalIsThere(disk: SimulatedDisk, context: string): void {
  const original = withFlippedByte(preparedContent());
  const isThere = ["/data", "/quarantine"].flatMap((path) =>
    disk.list(path).map((name) => disk.find(`${path}/${name}`))
  ).some((inode) => {
    const content = inode?.content.subarray(0, original.length) ?? new Uint8Array(0);
    return content.length === original.length && content.every((byte, at) => byte === original[at]);
  });
  assert(isThere, `${context}: the original is nowhere`);
}

function assertSubsequence(expected: readonly string[], found: readonly string[], context: string) {
  const kept = found.filter((name) => expected.includes(name));
  assertEquals(
    kept,
    [...expected],
    `${context}: of ${expected} there is ${found} in ${STORE_PATH}`,
  );
}
