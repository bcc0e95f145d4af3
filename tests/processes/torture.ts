/**
 * Writers, a compactor, a recoverer, a scanner and a reader on one real store, killed at random moments
 * for as many rounds as it takes. After each round everything is looked at while nobody works.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { pollUntil } from "../../lib/storage/polling.ts";
import { SIDECAR_NAMES } from "../../lib/storage/sidecar.ts";
import { type Anomaly, JsonFilePersistence, type RecoveryMode } from "../../mod.ts";
import { assertEquals } from "../_assert.ts";
import { Random } from "../_random.ts";
import { Actor, type Part, type Role } from "./_actor.ts";
import { Alarms } from "./_alarms.ts";
import { bunRuntime, DENO, type Runtime } from "./_child.ts";
import { type FileTruth, readTruth } from "./_file_truth.ts";
import { Ledger, type Survey } from "./_ledger.ts";
import { ReceiptAudit } from "./_receipt_audit.ts";
import type { Run } from "./_runs.ts";

/** The kinds of stores that are tortured. */
export const TORTURED_STORES = ["in one file", "in segments"] as const;

/** One of them. */
export type TorturedStoreKind = typeof TORTURED_STORES[number];

/** How much torture. */
export interface TortureOptions {
  /** An empty directory. */
  readonly directory: string;
  /** What is tortured. */
  readonly store: TorturedStoreKind;
  /** How many rounds in which processes die. */
  readonly rounds: number;
  /** How many scans first, while nothing is done that they might find. */
  readonly calmScans: number;
  /** Where the random numbers begin. What they meet differs from run to run. */
  readonly seed: number;
  /** Told after each round. */
  readonly onRound?: (report: TortureReport) => void;
}

/** What the store went through. */
export interface TortureReport {
  /** Rounds that are over. */
  readonly rounds: number;
  /** Processes killed, by role. */
  readonly kills: Readonly<Record<Role, number>>;
  /** Records that were acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged records that compactions removed, as retention asked. */
  readonly retired: number;
  /** Records in the store. */
  readonly found: number;
  /** Records in the store that nobody was told of: their writer was killed too early. */
  readonly unacknowledged: number;
  /** Scans beside everything else, those of recoveries included. */
  readonly scans: number;
  /** Those among them that ended before anything was done that they might find. */
  readonly calmScans: number;
  /** Readings from beginning to end. */
  readonly readings: number;
  /** Changes by compactions and recoveries, each with its receipt. */
  readonly changes: number;
  /** Those among them that compressed a segment. */
  readonly compressed: number;
  /** Damaged lines that recoveries removed. */
  readonly damagedLines: number;
  /** Anomalies reported that were not there. */
  readonly falseAlarms: readonly Anomaly[];
}

const KEPT = { event: 8000, audit: 300, dead_letter: 1000 };
const RETENTION = {
  byKind: {
    event: { maxRecords: KEPT.event },
    audit: { maxRecords: KEPT.audit },
    dead_letter: { maxRecords: KEPT.dead_letter },
  },
};
const COMPACTION = { retention: RETENTION, waitMs: 100 };
const DURABILITIES = ["always", "interval:20", "os"];
// Records a file; 0 for all that there are.
const SEGMENT_RECORDS = { "in one file": 0, "in segments": 1500 };
const WORK_MS_MAX = 250;
const CALM_MS = 2000;
const DEATH_CHANGES_MAX = 25;
// Writers are killed twice as often as anybody else.
const VICTIMS: readonly Role[] = [
  "writer",
  "writer",
  "compactor",
  "recoverer",
  "scanner",
  "reader",
];
const JUNK_BYTES_MAX = 8000;
const NOTES_MS_MAX = 5000;
const MODES: readonly RecoveryMode[] = ["repair", "quarantine", "rebuild", "ignore"];
const MENDING: readonly RecoveryMode[] = ["repair", "quarantine"];
const KNOWN_NAMES: readonly string[] = Object.values(SIDECAR_NAMES);

/** Runs the rounds; throws, with the seed, what is found wrong, but for false alarms. */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const { rounds, calmScans, seed, onRound = () => {} } = options;
  await using store = new TorturedStore(options, [DENO, await bunRuntime()]);
  try {
    while (store.report.calmScans < calmScans) await store.calmRound();
    while (store.report.rounds < rounds) {
      await store.round();
      onRound(store.report);
    }
  } catch (error) {
    const { rounds } = store.report;
    throw new Error(`seed ${seed}, after ${rounds} rounds: ${error}`, { cause: error });
  }
  return store.report;
}

class TorturedStore {
  readonly #path: string;
  readonly #quarantine: string;
  readonly #runtimes: readonly Runtime[];
  readonly #segmentRecords: number;
  readonly #random: Random;
  readonly #ledger = new Ledger(KEPT);
  readonly #alarms = new Alarms();
  readonly #audit: ReceiptAudit;
  readonly #kills = { writer: 0, compactor: 0, recoverer: 0, scanner: 0, reader: 0 };
  readonly #cast: (Actor | null)[];
  #rounds = 0;
  #writers = 0;
  #readings = 0;
  #survey: Survey | null = null;

  constructor(options: TortureOptions, runtimes: readonly Runtime[]) {
    const { directory, seed, store } = options;
    this.#path = join(directory, "facts.ndjson");
    this.#quarantine = join(directory, "quarantine");
    this.#runtimes = runtimes;
    this.#segmentRecords = SEGMENT_RECORDS[store];
    this.#random = new Random(seed);
    this.#audit = new ReceiptAudit(this.#path);
    this.#cast = Array.from({ length: DURABILITIES.length + this.#maintenance.length }, () => null);
  }

  /** Has them work for a while and die, and looks at what is left. */
  async round(): Promise<void> {
    await this.#spoil();
    await this.#begin();
    await setTimeout(this.#random.below(WORK_MS_MAX));
    await this.#kill();
    await setTimeout(this.#random.below(WORK_MS_MAX));
    await this.#rest();
    await this.#inspect();
    this.#rounds++;
  }

  /** Has them work for a while, and looks at what they made. */
  async calmRound(): Promise<void> {
    await this.#begin();
    await setTimeout(CALM_MS);
    await this.#rest();
    await this.#inspect();
  }

  get report(): TortureReport {
    return {
      rounds: this.#rounds,
      kills: { ...this.#kills },
      acknowledged: this.#ledger.count,
      retired: this.#ledger.retired,
      found: this.#survey?.records ?? 0,
      unacknowledged: this.#survey?.unacknowledged ?? 0,
      scans: this.#alarms.scans,
      calmScans: this.#alarms.calmScans,
      readings: this.#readings,
      changes: this.#audit.done,
      compressed: this.#audit.compressed,
      damagedLines: this.#audit.removedLines,
      falseAlarms: this.#alarms.false,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor[Symbol.asyncDispose]()));
  }

  get #actors(): Actor[] {
    return this.#cast.filter((actor) => actor !== null);
  }

  get #maintenance(): readonly (readonly [Role, operation: string, options: object])[] {
    const modes = MODES.map((mode) => this.#recovery(mode));
    return [
      ["compactor", "compact", [COMPACTION, { ...COMPACTION, compress: "gzip" }]],
      ["recoverer", "recover", modes],
      ["scanner", "scan", {}],
      ["reader", "read", { kept: KEPT }],
    ];
  }

  #recovery(mode: RecoveryMode): object {
    return { mode, waitMs: 100, ...(mode === "quarantine" && { quarantineDir: this.#quarantine }) };
  }

  /** Now and then, another program writes what is no record. */
  async #spoil(): Promise<void> {
    if (this.#rounds === 0 || this.#random.below(4) > 0) return;
    this.#alarms.noteJunk();
    const junk = `junk ${this.#rounds} `.repeat(1 + this.#random.below(JUNK_BYTES_MAX / 10));
    this.#audit.expect(junk);
    await Deno.writeTextFile(this.#path, `${junk}\n`, { append: true });
  }

  async #begin(): Promise<void> {
    for (const [slot, actor] of this.#cast.entries()) {
      if (actor?.isAlive) await actor.go();
      else this.#cast[slot] = this.#start(slot);
    }
  }

  async #rest(): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor.rest()));
    for (const actor of this.#actors) {
      if (!actor.isAlive) this.#kills[actor.role]++;
      else if (actor.mayDie) await actor.spare();
    }
  }

  #start(slot: number): Actor {
    const runtime = this.#random.pick(this.#runtimes);
    const durability = DURABILITIES[slot];
    if (durability === undefined) {
      const [role, operation, options] = this.#maintenance[slot - DURABILITIES.length]!;
      const args = [this.#path, operation, JSON.stringify(options)];
      const part: Part = { role, script: "_maintainer.ts", args };
      return new Actor(runtime, part, (line) => this.#hear(role, line));
    }
    const writer = ++this.#writers;
    const args = [this.#path, writer, 0, 30, 8, 4, durability, this.#segmentRecords];
    return new Actor(
      runtime,
      { role: "writer", script: "_writer.ts", args },
      (line) => this.#ledger.take(writer, line),
    );
  }

  #hear(role: Role, line: string): void {
    if (line === '{"begun":true}') return;
    const { before, anomalies, error, message }: Run = JSON.parse(line);
    if (error !== undefined && error !== "BUSY") throw new Error(`the ${role} says: ${message}`);
    for (const scan of [before, anomalies]) if (scan !== undefined) this.#alarms.judge(scan);
    if (role === "reader") this.#readings++;
  }

  /** Kills all of them or some, or has some die in the middle of changing the disk. */
  async #kill(): Promise<void> {
    const isEverybody = this.#random.below(10) === 0;
    const victims = isEverybody ? this.#actors : this.#someActors();
    for (const { role } of victims) this.#alarms.noteDeath(role === "writer");
    const byThemselves = !isEverybody && this.#random.below(2) === 0;
    await Promise.all(victims.map(async (actor) => {
      if (byThemselves) await actor.dieAtChange(1 + this.#random.below(DEATH_CHANGES_MAX));
      else await actor.kill();
    }));
  }

  /** One to three of them. */
  #someActors(): Actor[] {
    const chosen = Array.from({ length: 1 + this.#random.below(3) }, () => {
      const role = this.#random.pick(VICTIMS);
      return this.#random.pick(this.#actors.filter((actor) => actor.role === role));
    });
    return [...new Set(chosen)];
  }

  async #inspect(): Promise<void> {
    await using store = new JsonFilePersistence(this.#path);
    this.#alarms.judgeAtRest((await store.scan()).anomalies, await readTruth(this.#path));
    const { after } = await store.recover(this.#recovery(this.#random.pick(MENDING)));
    assertEquals(after.anomalies, [], "after recovery");
    const truth = await readTruth(this.#path);
    assertEquals(truth.damaged, [], "damage after recovery");
    this.#survey = this.#ledger.surveyAll(truth.records);
    await expectSameReading(store, truth);
    await this.#audit.look(store);
    this.#expectEveryNumber(truth);
    await this.#expectNothingElse();
    this.#alarms.reset();
  }

  /** Every number is there, was removed by a compaction, or went to a damaged line. */
  #expectEveryNumber({ records, highestSeq }: FileTruth): void {
    const { removedRecords, removedLines } = this.#audit;
    const missing = highestSeq - records.length - removedRecords;
    const isExplained = missing >= 0 && missing <= removedLines;
    assertEquals(
      isExplained,
      true,
      `${missing} numbers are missing, ${removedLines} lines removed`,
    );
  }

  async #expectNothingElse(): Promise<void> {
    const sidecar = join(dirname(this.#path), `.${basename(this.#path)}.papyra`);
    const strangers = async (): Promise<string[]> => {
      const names = await nativeFileSystem.list(sidecar);
      const summaries = await nativeFileSystem.list(join(sidecar, SIDECAR_NAMES.segments));
      return [
        ...names.filter((name) => !KNOWN_NAMES.includes(name)),
        ...summaries.filter((name) => !name.endsWith(".json")),
      ];
    };
    // Writers at rest may still be noting what is durable, or what is in a segment.
    let left: readonly string[] = [];
    const areGone = async () => (left = await strangers()).length === 0;
    await pollUntil(areGone, { timeoutMs: NOTES_MS_MAX });
    assertEquals(left, [], "leftovers");
  }
}

async function expectSameReading(
  store: JsonFilePersistence,
  { records }: FileTruth,
): Promise<void> {
  const seqs = await Array.fromAsync(store.records(), ({ seq }) => seq);
  assertEquals(seqs.length, records.length, "records read");
  const at = seqs.findIndex((seq, index) => seq !== records[index]!.seq);
  assertEquals(at, -1, `record ${at} of the reading`);
}
