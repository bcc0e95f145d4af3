/**
 * Every call of a workload fails, in every way; nothing that was promised may be broken, also where
 * the power is cut right behind the failure. A failure says how to look at it again.
 */

import { PapyraError } from "../../lib/errors.ts";
import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import { assert, assertEquals } from "../_assert.ts";
import { Ledger } from "./_ledger.ts";
import { Random } from "../_random.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import { type Fate, type Operation, SimulatedFileSystem } from "./_simulated_file_system.ts";
import { checkNames, checkSurvivor, namesIn, shapeOf, type Survivor } from "./_survivor.ts";
import { checkAccounts } from "./_survivor_accounts.ts";
import { tally } from "./_tally.ts";
import {
  diskFor,
  filesOf,
  openFor,
  openOn,
  STORE_PATH,
  type StoreFile,
  type Workload,
} from "./_workload.ts";

/** A way to fail. */
interface Failure {
  readonly what: string;
  readonly fate: Exclude<Fate, "happens">;
  /** Which calls fail from the first failure on. @default {none} */
  readonly isLasting?: (name: string) => boolean;
}

const NEEDS_ROOM = /^(?:append|create|makeDirectory|link|rename)$/;
const FAILURES: readonly Failure[] = [
  ...["EIO", "ENOSPC", "EACCES", "EMFILE"].map((code) => ({
    what: `fails with ${code}`,
    fate: { code },
  })),
  { what: "writes short", fate: "short" },
  { what: "writes the half and fails with EIO", fate: { code: "EIO", isTorn: true } },
  {
    what: "is the first for which the disk is full",
    fate: { code: "ENOSPC", isTorn: true },
    isLasting: (name) => NEEDS_ROOM.test(name),
  },
  {
    what: "is the first that a dead disk does not answer",
    fate: { code: "EIO" },
    isLasting: () => true,
  },
];
const ONLY_CALL = Deno.env.get("PAPYRA_FAILING_CALL");
// What is done to segments takes many calls: each of them fails in some of the ways only.
const HAS_TIME = Deno.env.has("PAPYRA_CRASH_SEEDS");
const CALLS_A_FAILURE_ON_SEGMENTS = HAS_TIME ? 1 : 4;
const POWER_CUT_SEEDS = Number(Deno.env.get("PAPYRA_CRASH_SEEDS") ?? 2);

/** Tests one workload with every failure. */
export function testFailingCalls(workload: Workload): void {
  const ownStride = HAS_TIME ? 1 : workload.stride ?? 1;
  const stride = workload.segmentRecords === undefined
    ? 1
    : CALLS_A_FAILURE_ON_SEGMENTS * ownStride;
  for (const [way, failure] of FAILURES.entries()) {
    Deno.test(`"${workload.name}" keeps its promises when any one call ${failure.what}`, async () => {
      for (let index = Number(ONLY_CALL ?? way % stride);; index += stride) {
        const run = new FailingRun(workload, await diskFor(workload), failure, index);
        await run.check();
        if (run.failed === null || ONLY_CALL !== undefined) break;
      }
    });
  }
}

class FailingRun {
  /** The call that failed first; null where there were fewer calls. */
  failed: Operation | null = null;
  readonly #workload: Workload;
  readonly #failure: Failure;
  readonly #index: number;
  readonly #disk: SimulatedDisk;
  readonly #ledger: Ledger;
  #isMended = false;

  constructor(workload: Workload, disk: SimulatedDisk, failure: Failure, index: number) {
    this.#disk = disk;
    this.#workload = workload;
    this.#failure = failure;
    this.#index = index;
    this.#ledger = new Ledger(workload.durability);
  }

  async check(): Promise<void> {
    try {
      await this.#check();
    } catch (error) {
      const { name, path } = this.failed ?? { name: "none", path: "" };
      const what = `call ${this.#index} (${name} ${path}) ${this.#failure.what}`;
      const again = `again: PAPYRA_FAILING_CALL=${this.#index}`;
      const { stack } = error as Error;
      const told = JSON.stringify(this.#ledger);
      const left = this.#disk.describe();
      assert(
        false,
        `${this.#workload.name}: ${what}; ${again}\n${stack}\ntold: ${told}\nleft:\n${left}`,
      );
    }
  }

  async #check(): Promise<void> {
    const prepared = filesOf(this.#disk);
    const fileSystem = new SimulatedFileSystem(this.#disk, (operation) => this.#fateOf(operation));
    const store = openFor(this.#workload, fileSystem);
    const thrown = await this.#workload.run(store, this.#ledger).then(() => null, (error) => error);
    if (thrown !== null) {
      assertTyped(thrown);
      await this.#checkPowerCut(prepared);
    }
    this.#assertAnswered();
    // What failed while closing fails for the last time.
    if (thrown === null) {
      const refusal = await this.#ledger.close(store).then(() => null, (error) => error);
      if (refusal !== null) assertTyped(refusal);
      this.#isMended = true;
    } else {
      this.#isMended = true;
      await this.#checkGoesOn(store);
    }
    await store.close().catch(assertTyped);
    fileSystem.die();
    assertEquals(this.#disk.misuses, []);
    await this.#checkPowerCut(prepared);
    await this.#checkLeft(prepared);
    if (this.failed !== null) tally("failing calls", 1);
  }

  #fateOf(operation: Operation): Fate {
    const { fate, isLasting = () => false } = this.#failure;
    if (this.#isMended || operation.index < this.#index) return "happens";
    if (operation.index === this.#index) {
      this.failed = operation;
      return fate;
    }
    return isLasting(operation.name) ? fate : "happens";
  }

  // Whoever asked for something to be written knows whether it was, or that nobody knows.
  #assertAnswered(): void {
    const { submitted, acknowledged, refused, uncertain, unclear } = this.#ledger;
    assertEquals(unclear, [], "neither NOT_WRITTEN nor UNKNOWN");
    const answered = acknowledged.length + refused.length + uncertain.length;
    assertEquals(answered, submitted.length, "records without an answer");
  }

  /** What the power leaves right behind the failure: nothing that was refused, whatever was synced. */
  async #checkPowerCut(prepared: readonly StoreFile[]): Promise<void> {
    for (let seed = 1; seed <= POWER_CUT_SEEDS; seed++) {
      const disk = this.#disk.afterPowerCut(new Random(seed * 7919 + this.#index));
      const [workload, ledger] = [this.#workload, this.#ledger];
      const survivor = { disk, workload, prepared, ledger, hadPowerCut: true };
      tally("disks after a failing call and a power cut", 1);
      if (isNew(survivor)) await checkSurvivor(survivor);
    }
  }

  // With the fault gone the same calls succeed: only a failed sync stops writing, until the store is
  // opened again.
  async #checkGoesOn(store: FilePersistence): Promise<void> {
    const again = new Ledger(this.#workload.durability, "again-");
    const refusal = await this.#workload.run(store, again).then(() => null, (error) => error);
    this.#noteAll(again);
    if (refusal === null) {
      assert(!this.#mustStop, "the store goes on as if nothing had been lost");
      return;
    }
    const { code } = refusal as { code?: unknown };
    assertEquals(code, "STORE_FAILED", `after the failure, the same call: ${refusal}`);
    assert(this.#mayStop, "the store refuses to go on, and no sync has failed");
    const next = await again.record(store, "next").then(() => null, (error) => error);
    assertEquals((next as { code?: unknown } | null)?.code, "STORE_FAILED", "and then goes on");
  }

  get #mustStop(): boolean {
    const { name, path } = this.failed!;
    const isSync = name === "sync" || name === "syncData";
    const isOfWriter = this.#workload.isWritingOnly === true && path === STORE_PATH;
    return isSync && isOfWriter && this.#failure.fate !== "short";
  }

  get #mayStop(): boolean {
    return this.#failure.isLasting !== undefined || this.failed!.name.startsWith("sync");
  }

  #noteAll(again: Ledger): void {
    const { submitted, acknowledged, durable, refused, uncertain } = again;
    this.#ledger.durable = [...this.#ledger.durable, ...durable];
    this.#ledger.submitted.push(...submitted);
    this.#ledger.acknowledged.push(...acknowledged);
    this.#ledger.refused.push(...refused);
    this.#ledger.uncertain.push(...uncertain);
  }

  async #checkLeft(prepared: readonly StoreFile[]): Promise<void> {
    const [disk, workload, ledger] = [this.#disk, this.#workload, this.#ledger];
    if (!isNew({ disk, workload, prepared, ledger, hadPowerCut: false })) return;
    const store = openFor(workload, new SimulatedFileSystem(disk));
    checkNames(await namesIn(store), { workload, ledger, hadPowerCut: false });
    await checkAccounts(store, { disk, workload, prepared, ledger });
    // The store was opened again: the same calls succeed, also those that a failed sync had stopped.
    await workload.run(store, new Ledger(workload.durability, "reopened-"));
    await store.close();
    const reopened = openOn(new SimulatedFileSystem(disk));
    const { after } = await reopened.recover();
    assertEquals(after.anomalies, [], "anomalies after recovery");
    await reopened.close();
  }
}

const checked = new Set<string>();

// Most failures leave what others left.
function isNew(survivor: Survivor): boolean {
  const shape = shapeOf(survivor);
  if (checked.has(shape)) return false;
  checked.add(shape);
  tally("different disks", 1);
  return true;
}

function assertTyped(error: unknown): void {
  assert(error instanceof PapyraError, `untyped: ${error}`);
}
