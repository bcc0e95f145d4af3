/** One run of several simulated processes on one store, as its seed wants it. */

import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import type { Durability } from "../../lib/model/mode.ts";
import { InterleavedLedger } from "./_interleaved_ledger.ts";
import {
  anyDurability,
  closeStore,
  noteDurability,
  noteFailure,
  ROLES,
  type Stage,
  STORE_PATH,
} from "./_interleaved_roles.ts";
import { type RoleName, STORE_KINDS, type StoreKind } from "./_interleaved_stores.ts";
import { PartialWrites } from "./_partial_writes.ts";
import { Random } from "../_random.ts";
import {
  type Call,
  type Death,
  type DiskFailure,
  type Lie,
  ScheduledFileSystem,
} from "./_scheduled_file_system.ts";
import { type Process, Scheduler } from "./_scheduler.ts";
import { SimulatedDisk } from "./_simulated_disk.ts";
import { type Situation, Situations } from "./_situations.ts";
import { useTimeOf } from "./_virtual_time.ts";

/** What a run is made with. */
export interface InterleavingOptions {
  readonly seed: number;
  /** Which kind of store. @default {"single"} */
  readonly kind?: string;
  /** What is broken on purpose. */
  readonly lie?: Lie | null;
  /** Told of each call of a file system. */
  readonly onCall?: (call: Call) => void;
}

/** What one run came to. */
export interface InterleavingResult {
  /** Calls of file systems. */
  readonly calls: number;
  /** Situations that it has been in. */
  readonly situations: ReadonlySet<Situation>;
}

/** Runs one; throws where a promise was broken. */
export async function runInterleaving(options: InterleavingOptions): Promise<InterleavingResult> {
  const interleaving = new Interleaving(options);
  try {
    return await interleaving.run();
  } catch (error) {
    const what = error instanceof Error ? error.stack : error;
    throw new Error(`${what}\nleft:\n${interleaving.describeDisk()}`);
  }
}

/** What a process does, or one of several things. */
interface Part {
  readonly name: string;
  readonly role: RoleName;
}

/** What befalls a process. */
interface Luck {
  readonly durability: Durability;
  readonly death: Death | null;
  readonly failure: DiskFailure | null;
}

const LUCKY = { death: null, failure: null };
const CALLS_BEFORE_DEATH_MAX = 150;
const CALLS_BEFORE_FAILURE_MAX = 100;
const RENAMES_BEFORE_POWER_CUT_MAX = 4;
const CALLS_BEFORE_POWER_CUT_MAX = 1500;
const STARTED_AT = 1_700_000_000;

class Interleaving {
  readonly #seed: number;
  readonly #random: Random;
  readonly #kind: StoreKind;
  readonly #lie: Lie | null;
  readonly #onCall: (call: Call) => void;
  readonly #stage: Stage;
  readonly #running = new Set<string>();
  // What others than followers have yet to do.
  readonly #busy = new Set<Part>();
  #partialWrites = new PartialWrites();
  #scheduler: Scheduler;
  readonly #situations = new Situations(STORE_PATH);
  #calls = 0;
  #failure: unknown = null;

  constructor({ seed, kind = "single", lie = null, onCall = () => {} }: InterleavingOptions) {
    this.#seed = seed;
    this.#kind = STORE_KINDS[kind]!;
    this.#random = new Random(seed);
    this.#lie = lie;
    this.#onCall = onCall;
    this.#scheduler = new Scheduler(this.#random);
    this.#stage = {
      random: this.#random,
      ledger: new InterleavedLedger(),
      disk: new SimulatedDisk(),
      hasDied: false,
      hasFailingDisk: false,
      isTorn: false,
      hadPowerCut: false,
      isQuiet: () => this.#busy.size === 0,
    };
  }

  /** Every file with its content, for people. */
  describeDisk(): string {
    return this.#stage.disk.describe();
  }

  async run(): Promise<InterleavingResult> {
    Math.random = () => this.#random.next();
    useTimeOf(this.#scheduler);
    for (const path of ["/data", "/quarantine"]) this.#stage.disk.makeDirectory(path);
    for (const maker of this.#kind.makers) await this.#runAlone(maker);
    if (this.#random.below(4) === 0) this.#tearTail();
    for (const parts of this.#castProcesses()) {
      const death = {
        atCall: this.#random.below(CALLS_BEFORE_DEATH_MAX),
        inWrite: this.#random.below(2) === 0,
      };
      const isMortal = this.#random.below(3) === 0;
      this.#start(parts, {
        durability: anyDurability(this.#random),
        death: isMortal ? death : null,
        failure: this.#anyFailure(parts),
      });
    }
    await this.#untilOver(this.#anyPowerCut());
    if (this.#running.size > 0) this.#cutPower();
    await this.#runAlone("checker");
    return { calls: this.#calls, situations: this.#situations.reached };
  }

  // At any moment, or at one that is known to be hard; or never.
  #anyPowerCut(): () => boolean {
    const atCall = this.#calls + this.#random.below(CALLS_BEFORE_POWER_CUT_MAX);
    const atRename = this.#situations.renames + 1 +
      this.#random.below(RENAMES_BEFORE_POWER_CUT_MAX);
    return this.#random.pick([
      () => false,
      () => this.#calls >= atCall,
      () => this.#situations.renames >= atRename && this.#situations.isRenameUnsynced,
    ]);
  }

  // Maintenance whose disk fails is played call by call elsewhere.
  #anyFailure(parts: readonly Part[]): DiskFailure | null {
    const isMaintained = parts.some(({ role }) => role === "compactor" || role === "recoverer");
    if (isMaintained || this.#random.below(3) > 0) return null;
    this.#stage.hasFailingDisk = true;
    return { atCall: this.#random.below(CALLS_BEFORE_FAILURE_MAX), path: STORE_PATH };
  }

  // Some processes do several things at once.
  *#castProcesses(): Generator<readonly Part[]> {
    const parts = this.#kind.cast.flatMap(({ role, min, max }) => {
      const count = min + this.#random.below(max - min + 1);
      return Array.from({ length: count }, (_, index): Part => ({ name: `${role}${index}`, role }));
    });
    while (parts.length > 0) {
      const count = Math.min(parts.length, this.#random.pick([1, 1, 1, 2, 3]));
      yield Array.from(
        { length: count },
        () => parts.splice(this.#random.below(parts.length), 1)[0]!,
      );
    }
  }

  // As a power cut leaves it, long ago.
  #tearTail(): void {
    const inode = this.#stage.disk.find(STORE_PATH)!;
    inode.append(inode.content.slice(0, 1 + this.#random.below(80)));
    inode.sync();
    this.#stage.isTorn = true;
  }

  async #runAlone(role: RoleName): Promise<void> {
    this.#start([{ name: `only ${role}`, role }], { ...LUCKY, durability: "always" });
    await this.#untilOver(() => false);
  }

  #start(parts: readonly Part[], luck: Luck): void {
    const name = parts.map((part) => part.name).join("+");
    this.#running.add(name);
    for (const part of parts) if (part.role !== "follower") this.#busy.add(part);
    this.#scheduler.start(name, async (process) => {
      const fileSystem = this.#fileSystemOf(process, parts, luck);
      const shared = this.#open(fileSystem, luck);
      const stores = parts.map(() =>
        this.#random.below(2) === 0 ? shared : this.#open(fileSystem, luck)
      );
      try {
        await Promise.all(
          parts.map(async (part, index) => {
            await ROLES[part.role](stores[index]!, this.#stage, part.name);
            this.#busy.delete(part);
          }),
        );
        for (const store of [shared, ...stores]) await closeStore(store);
        this.#running.delete(name);
      } catch (error) {
        // The dead do not complain.
        if (process.isAlive) this.#failure ??= error;
      }
    });
  }

  #open(fileSystem: ScheduledFileSystem, { durability, failure }: Luck): FilePersistence {
    const scheduler = this.#scheduler;
    const clock = (): number => STARTED_AT + scheduler.nowMs / 1000;
    const options = { fileSystem, durability, clock };
    const store = this.#kind.open(fileSystem.pathOf(STORE_PATH), options, this.#random);
    noteDurability(store, durability);
    if (failure !== null) noteFailure(store);
    return store;
  }

  #fileSystemOf(
    process: Process,
    parts: readonly Part[],
    { death, failure }: Luck,
  ): ScheduledFileSystem {
    const { name } = process;
    return new ScheduledFileSystem({
      run: `run${this.#seed}`,
      disk: this.#stage.disk,
      scheduler: this.#scheduler,
      process,
      random: this.#random,
      partialWrites: this.#partialWrites,
      death,
      failure,
      lie: this.#lie,
      onCall: (call) => {
        this.#calls++;
        this.#situations.note(call);
        this.#onCall(call);
        const [misuse] = this.#stage.disk.misuses;
        if (misuse !== undefined) this.#failure ??= new Error(misuse);
        if (!this.#running.has(name)) {
          this.#failure ??= new Error(`after its end: ${name} ${call.name} ${call.path}`);
        }
      },
      onTorn: () => this.#stage.isTorn = true,
      onMisuse: (what) => this.#failure ??= new Error(`${name} ${what}`),
      onDeath: () => this.#bury(name, parts),
    });
  }

  // A writer that was killed is started again, as a supervisor would.
  #bury(name: string, parts: readonly Part[]): void {
    this.#running.delete(name);
    for (const part of parts) this.#busy.delete(part);
    this.#stage.hasDied = true;
    const writers = parts.filter(({ role }) => role === "writer")
      .map((part) => ({ ...part, name: `${part.name}again` }));
    const durability = anyDurability(this.#random);
    if (writers.length > 0) this.#start(writers, { ...LUCKY, durability });
  }

  #cutPower(): void {
    this.#situations.notePowerCut();
    this.#running.clear();
    this.#busy.clear();
    this.#scheduler = new Scheduler(this.#random);
    useTimeOf(this.#scheduler);
    this.#partialWrites = new PartialWrites();
    const stage = this.#stage;
    stage.disk = stage.disk.afterPowerCut(this.#random);
    stage.hadPowerCut = stage.hasDied = stage.isTorn = true;
  }

  async #untilOver(isCut: () => boolean): Promise<void> {
    const isOver = (): boolean => this.#failure !== null || this.#running.size === 0 || isCut();
    await this.#scheduler.run(isOver);
    if (this.#failure !== null) throw this.#failure;
    if (!isOver()) throw new Error(`${[...this.#running]} wait for ever`);
  }
}
