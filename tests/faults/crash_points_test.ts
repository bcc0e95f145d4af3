/**
 * The power is cut, and the process killed, at every operation of every workload; whatever is left must
 * keep the promises. A failure says how to look at it again.
 */

import { assert, assertEquals } from "../_assert.ts";
import { Ledger } from "./_ledger.ts";
import { Random } from "../_random.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import { PowerCut, SimulatedFileSystem } from "./_simulated_file_system.ts";
import { checkSurvivor, shapeOf, type Survivor } from "./_survivor.ts";
import { tally } from "./_tally.ts";
import { diskFor, filesOf, openFor, openOn, type StoreFile, type Workload } from "./_workload.ts";
import { COMPRESSION_WORKLOADS } from "./_compression_workloads.ts";
import { SEGMENT_WORKLOADS } from "./_segment_workloads.ts";
import { WORKLOADS } from "./_workloads.ts";

const SEEDS = numberFrom("PAPYRA_CRASH_SEEDS") ?? 4;
const HAS_TIME = Deno.env.has("PAPYRA_CRASH_SEEDS");
const ONLY_POINT = numberFrom("PAPYRA_CRASH_POINT");
const ONLY_SEED = numberFrom("PAPYRA_CRASH_SEED");
// With more seeds, the recoveries are cut short at more operations too.
const POINT_STRIDE = Math.max(1, Math.round(28 / SEEDS));
// What is done to segments takes many operations, and much of it is done to single files too.
const SEEDS_ON_SEGMENTS = Math.ceil(SEEDS / 2);
const POINT_STRIDE_ON_SEGMENTS = 3 * POINT_STRIDE;
const SECOND_STRIDE = Math.max(1, Math.round(20 / SEEDS));

for (const workload of [...WORKLOADS, ...SEGMENT_WORKLOADS, ...COMPRESSION_WORKLOADS]) {
  const ownStride = HAS_TIME ? 1 : workload.stride ?? 1;
  Deno.test(`a crash at any operation of "${workload.name}" leaves a store that keeps its promises`, async () => {
    for await (const run of runsOf(workload, { from: ONLY_POINT ?? 0, stride: ownStride })) {
      const seeds = hasSegments(workload) ? SEEDS_ON_SEGMENTS : SEEDS;
      for (let seed = 1; seed <= seeds; seed++) {
        if (ONLY_SEED === null || seed === ONLY_SEED) await checkPowerCut(run, seed);
      }
      await checkKill(run);
      tally("crash points", 1);
      if (ONLY_POINT !== null) break;
    }
  });

  Deno.test(`a power cut at any operation of the recovery from a crash in "${workload.name}" does no harm either`, async () => {
    const stride = ownStride * (hasSegments(workload) ? POINT_STRIDE_ON_SEGMENTS : POINT_STRIDE);
    for await (const run of runsOf(workload, { from: 3, stride })) {
      const random = new Random(run.point);
      for (let second = run.point % SECOND_STRIDE;; second += SECOND_STRIDE) {
        const isRecovered = await checkSecondFault(run, second, random);
        if (isRecovered) break;
      }
    }
  });
}

function hasSegments({ segmentRecords }: Workload): boolean {
  return segmentRecords !== undefined;
}

interface StoppedRun {
  readonly workload: Workload;
  /** How many operations were made. */
  readonly point: number;
  readonly prepared: readonly StoreFile[];
  readonly disk: SimulatedDisk;
  readonly ledger: Ledger;
  /** The operation that was not made any more; null where there are fewer. */
  readonly stoppedAt: string | null;
}

/** Runs that are stopped later and later, up to one that comes to its end. */
async function* runsOf(
  workload: Workload,
  { from, stride = 1 }: { readonly from: number; readonly stride?: number },
): AsyncGenerator<StoppedRun> {
  for (let point = from;; point += stride) {
    const run = await runUntil(workload, point);
    yield run;
    if (run.stoppedAt === null) return;
  }
}

async function runUntil(workload: Workload, point: number): Promise<StoppedRun> {
  const disk = await diskFor(workload);
  const prepared = filesOf(disk);
  const ledger = new Ledger(workload.durability);
  let stoppedAt: string | null = null;
  const fileSystem = endingAt(disk, point, (operation) => stoppedAt ??= operation);
  const store = openFor(workload, fileSystem);
  await workload.run(store, ledger).catch(expectPowerCut);
  await ledger.close(store).catch(() => {});
  fileSystem.die();
  assertEquals(disk.misuses, []);
  return { workload, point, prepared, disk, ledger, stoppedAt };
}

// What others had not synced may have gone with the power, before anything could be put away.
function originalsOn(disk: SimulatedDisk, prepared: readonly StoreFile[]): readonly StoreFile[] {
  const present = filesOf(disk);
  return prepared.map((file) => present.find(({ identity }) => identity === file.identity) ?? file);
}

/** Returns whether the recovery came to its end. */
async function recoverUntil(
  disk: SimulatedDisk,
  workload: Workload,
  point: number,
): Promise<boolean> {
  let isRecovered = true;
  const store = openOn(endingAt(disk, point, () => isRecovered = false));
  await store.recover(workload.recovery).catch(expectPowerCut);
  await store.close().catch(() => {});
  return isRecovered;
}

function endingAt(
  disk: SimulatedDisk,
  point: number,
  onEnd: (operation: string) => void,
): SimulatedFileSystem {
  return new SimulatedFileSystem(disk, ({ index, name, path }) => {
    if (index < point) return "happens";
    onEnd(`${name} ${path}`);
    throw new PowerCut();
  });
}

// The power cut itself, or what the store makes of it: never a mistake in the program.
function expectPowerCut(error: unknown): void {
  const isBug = error instanceof TypeError || error instanceof RangeError;
  if (isBug) throw error;
}

/**
 * Cuts the power in the run, or kills its process, and cuts it again in the recovery from that; returns
 * whether that ended before.
 */
async function checkSecondFault(
  run: StoppedRun,
  second: number,
  random: Random,
): Promise<boolean> {
  const { workload, point } = run;
  // What a process had not synced when it was killed, the next one may take for lasting.
  const isKilled = random.below(2) === 0;
  const disk = isKilled ? run.disk.copy() : run.disk.afterPowerCut(random);
  const prepared = workload.quarantines ? originalsOn(disk, run.prepared) : run.prepared;
  const isRecovered = await recoverUntil(disk, workload, second);
  const survivor = { ...run, prepared, disk: disk.afterPowerCut(random), hadPowerCut: true };
  const first = isKilled ? "a kill" : "a power cut";
  await check(survivor, `${first} at operation ${point}, a power cut at ${second} of the recovery`);
  tally("crash points in a recovery", 1);
  return isRecovered;
}

async function checkPowerCut(run: StoppedRun, seed: number): Promise<void> {
  const { point } = run;
  const disk = run.disk.afterPowerCut(new Random(seed * 7919 + point));
  const again = `PAPYRA_CRASH_POINT=${point} PAPYRA_CRASH_SEED=${seed}`;
  await check(
    { ...run, disk, hadPowerCut: true },
    `a power cut at operation ${point} (${run.stoppedAt}), seed ${seed}; again: ${again}`,
  );
  tally("disks after a power cut", 1);
}

// Nothing is lost with a process: the machine goes on.
async function checkKill(run: StoppedRun): Promise<void> {
  const { point } = run;
  await check(
    { ...run, hadPowerCut: false },
    `a kill at operation ${point} (${run.stoppedAt}); again: PAPYRA_CRASH_POINT=${point}`,
  );
  tally("disks after a kill", 1);
}

const checked = new Set<string>();

async function check(survivor: Survivor, what: string): Promise<void> {
  const shape = shapeOf(survivor);
  if (checked.has(shape)) return;
  checked.add(shape);
  tally("different disks", 1);
  const left = survivor.disk.describe();
  try {
    await checkSurvivor(survivor);
  } catch (error) {
    const { message } = error as Error;
    const { workload, ledger } = survivor;
    const told = JSON.stringify(ledger);
    assert(false, `${workload.name}: ${what}\n${message}\ntold: ${told}\nleft:\n${left}`);
  }
}

function numberFrom(name: string): number | null {
  const value = Deno.env.get(name);
  return value === undefined ? null : Number(value);
}
