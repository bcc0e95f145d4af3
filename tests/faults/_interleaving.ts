/** One run of several simulated processes on one store, as its seed wants it, and what must hold of it. */

import { JsonFilePersistence } from "../../lib/backends/file/json_file_persistence.ts";
import type { Durability } from "../../lib/model/mode.ts";
import { InterleavedLedger } from "./_interleaved_ledger.ts";
import {
  anyDurability,
  assertNoFalseAlarm,
  noteDurability,
  readAll,
  type Role,
  ROLES,
  type Stage,
} from "./_interleaved_roles.ts";
import { Random } from "./_random.ts";
import { type Lie, ScheduledFileSystem } from "./_scheduled_file_system.ts";
import { type Process, Scheduler } from "./_scheduler.ts";
import { SimulatedDisk } from "./_simulated_disk.ts";
import { useTimeOf } from "./_virtual_time.ts";

const STORE_PATH = "/data/events.ndjson";
const CAST: { readonly [R in keyof typeof ROLES]: { readonly min: number; readonly max: number } } =
  {
    writer: { min: 1, max: 3 },
    compactor: { min: 0, max: 2 },
    recoverer: { min: 0, max: 2 },
    scanner: { min: 0, max: 2 },
    reader: { min: 0, max: 2 },
  };
const CALLS_BEFORE_DEATH_MAX = 150;
const CALLS_BEFORE_POWER_CUT_MAX = 1500;

/** What a run is made with. */
export interface InterleavingOptions {
  readonly seed: number;
  /** What is broken on purpose. */
  readonly lie?: Lie | null;
  /** Told of each call of a file system. */
  readonly onCall?: (call: string) => void;
}

/** Runs one; throws where a promise was broken. Returns how many calls it took. */
export async function runInterleaving(options: InterleavingOptions): Promise<number> {
  return await new Interleaving(options).run();
}

class Interleaving {
  readonly #seed: number;
  readonly #random: Random;
  readonly #lie: Lie | null;
  readonly #onCall: (call: string) => void;
  readonly #stage: Stage;
  #scheduler: Scheduler;
  #disk = new SimulatedDisk();
  #calls = 0;
  readonly #running = new Set<string>();
  #failure: unknown = null;

  constructor({ seed, lie = null, onCall = () => {} }: InterleavingOptions) {
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#lie = lie;
    this.#onCall = onCall;
    this.#scheduler = new Scheduler(this.#random);
    const ledger = new InterleavedLedger();
    this.#stage = { random: this.#random, ledger, hasDied: false, isTorn: false };
  }

  async run(): Promise<number> {
    useTimeOf(this.#scheduler);
    Math.random = () => this.#random.next();
    this.#disk.makeDirectory("/data");
    this.#disk.makeDirectory("/quarantine");
    await this.#runAlone("setup", (store, stage, name) => ROLES.writer(store, stage, name));
    this.#startCast();
    const powerCutAt = this.#random.below(2) === 0
      ? this.#calls + this.#random.below(CALLS_BEFORE_POWER_CUT_MAX)
      : Infinity;
    await this.#untilOver(() => this.#calls >= powerCutAt);
    await this.#checkWhatIsLeft(this.#running.size > 0);
    return this.#calls;
  }

  #startCast(): void {
    for (const [roleName, { min, max }] of Object.entries(CAST)) {
      const count = min + this.#random.below(max - min + 1);
      for (let index = 0; index < count; index++) {
        const isMortal = this.#random.below(4) === 0;
        const diesAt = isMortal ? this.#random.below(CALLS_BEFORE_DEATH_MAX) : Infinity;
        const role = ROLES[roleName as keyof typeof ROLES];
        this.#start(`${roleName}${index}`, role, anyDurability(this.#random), diesAt);
      }
    }
  }

  #start(name: string, role: Role, durability: Durability, diesAt = Infinity): void {
    this.#running.add(name);
    this.#scheduler.start(name, async (process) => {
      const fileSystem = this.#fileSystemOf(process, name, diesAt);
      const store = new JsonFilePersistence(fileSystem.pathOf(STORE_PATH), {
        fileSystem,
        durability,
        clock: () => 1_700_000_000 + this.#scheduler.nowMs / 1000,
      });
      noteDurability(store, durability);
      try {
        await role(store, this.#stage, name);
        await store.close();
        this.#running.delete(name);
      } catch (error) {
        // The dead do not complain.
        if (process.isAlive) this.#failure ??= error;
      }
    });
  }

  // A writer that was killed is started again, as a supervisor would.
  #fileSystemOf(process: Process, name: string, diesAt: number): ScheduledFileSystem {
    return new ScheduledFileSystem({
      run: `run${this.#seed}`,
      disk: this.#disk,
      scheduler: this.#scheduler,
      process,
      random: this.#random,
      diesAt,
      lie: this.#lie,
      onCall: (call) => {
        this.#calls++;
        this.#onCall(call);
        if (!this.#running.has(name)) this.#failure ??= new Error(`after its end: ${call}`);
      },
      onTorn: () => this.#stage.isTorn = true,
      onDeath: () => {
        this.#running.delete(name);
        this.#stage.hasDied = true;
        const isWriter = name.startsWith("writer");
        if (isWriter) this.#start(`${name}again`, ROLES.writer, anyDurability(this.#random));
      },
    });
  }

  async #untilOver(isCut: () => boolean): Promise<void> {
    const isOver = (): boolean => this.#failure !== null || this.#running.size === 0 || isCut();
    await this.#scheduler.run(isOver);
    if (this.#failure !== null) throw this.#failure;
    if (!isOver()) throw new Error(`${[...this.#running]} wait for ever`);
  }

  async #runAlone(name: string, role: Role): Promise<void> {
    this.#start(name, role, "always");
    await this.#untilOver(() => false);
  }

  async #checkWhatIsLeft(isPowerCut: boolean): Promise<void> {
    const { ledger } = this.#stage;
    if (isPowerCut) {
      this.#disk = this.#disk.afterPowerCut(this.#random);
      this.#stage.hasDied = this.#stage.isTorn = true;
    }
    this.#scheduler = new Scheduler(this.#random);
    useTimeOf(this.#scheduler);
    this.#running.clear();
    const promised = ledger.acknowledged.filter(({ isDurable }) => isDurable || !isPowerCut);
    await this.#runAlone("check", async (store, stage) => {
      ledger.check(await readAll(store), promised);
      assertNoFalseAlarm(await store.scan(), stage);
      const { after } = await store.recover();
      if (!after.healthy) throw new Error(`not healthy: ${JSON.stringify(after.anomalies)}`);
      const left = await readAll(store);
      ledger.check(left, promised);
      await writeOneMore(store, stage, isPowerCut);
      ledger.check(await readAll(store), promised);
      const scan = await store.scan();
      if (!scan.healthy) throw new Error(`not healthy: ${JSON.stringify(scan.anomalies)}`);
    });
  }
}

// After a power cut, numbers that were not durable may be given again.
async function writeOneMore(
  store: JsonFilePersistence,
  { ledger }: Stage,
  isPowerCut: boolean,
): Promise<void> {
  ledger.submit("next");
  const { lastSeq } = await store.recordEvent({ eventType: "Next", systemId: "next" });
  const given = ledger.acknowledged.filter(({ isDurable }) => isDurable || !isPowerCut);
  const highest = Math.max(0, ...given.map(({ seq }) => seq));
  if (lastSeq! <= highest) {
    throw new Error(`the next number is ${lastSeq}, and ${highest} was given`);
  }
}
