/** What is done to a store while faults strike, and what must hold afterwards. */

import { JsonFilePersistence } from "../../lib/backends/file/json_file_persistence.ts";
import type { RecoveryMode } from "../../lib/model/mode.ts";
import type { Durability } from "../../lib/model/mode.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";

/** Where the store of every workload is. */
export const STORE_PATH = "/data/events.ndjson";
const QUARANTINE_PATH = "/quarantine";

/** What the callers of a run were told. */
export interface Ledger {
  /** Names of records that were acknowledged, in order. */
  readonly acknowledged: string[];
  /** Names of records that were refused with NOT_WRITTEN or another certain refusal. */
  readonly refused: string[];
  /** Names of records of which nobody can tell. */
  readonly uncertain: string[];
}

/** A ledger in which nothing is noted. */
export function newLedger(): Ledger {
  return { acknowledged: [], refused: [], uncertain: [] };
}

/** Something that is done to a store. */
export interface Workload {
  readonly name: string;
  /** When a record counts as written. */
  readonly durability: Durability;
  /** Names of prepared records that must be there whatever happens. */
  readonly survivors: readonly string[];
  /** Whether it does nothing but write. */
  readonly isWritingOnly?: boolean;
  /** Whether originals are put into quarantine. */
  readonly quarantines?: boolean;
  /** Damages the file that `prepare` left; returns the new content. */
  readonly damage?: (content: Uint8Array) => Uint8Array;
  /** What happens; every operation in it may be the last. */
  run(store: JsonFilePersistence, ledger: Ledger): Promise<void>;
}

/** The names of the records that are there before a workload begins. */
export const PREPARED: readonly string[] = ["p0", "p1", "p2", "p3", "p4", "p5"];
const WITHOUT_FLIPPED = ["p0", "p1", "p2", "p4", "p5"];

/** The workloads. */
export const WORKLOADS: readonly Workload[] = [
  appending("always"),
  appending("interval:1"),
  appending("os"),
  {
    ...appending("always"),
    name: "close a torn tail",
    damage: withTornTail,
    survivors: PREPARED.slice(0, -1),
  },
  {
    ...appending("always"),
    name: "close an intact tail",
    damage: (content) => content.slice(0, -1),
  },
  maintaining(
    "compact",
    ["p4", "p5"],
    (store) => store.compact({ retention: { maxRecords: 3 } }),
  ),
  recovering("repair", withTornTail, PREPARED.slice(0, -1)),
  recovering("repair", withFlippedByte, WITHOUT_FLIPPED),
  recovering("quarantine", withFlippedByte, WITHOUT_FLIPPED),
  recovering("rebuild", undamaged, PREPARED),
];

/** Opens the store on a disk. */
export function openOn(fileSystem: SimulatedFileSystem, durability: Durability = "always") {
  return new JsonFilePersistence(STORE_PATH, { fileSystem, durability });
}

let prepared: Uint8Array = new Uint8Array(0);

/** The content of the store's file before anything happens to it. */
export function preparedContent(): Uint8Array {
  return prepared;
}

/** Makes the store that a workload begins with: six records, everything synced. */
export async function prepareStore(disk: SimulatedDisk, workload: Workload): Promise<void> {
  disk.makeDirectory("/data");
  disk.makeDirectory(QUARANTINE_PATH);
  const store = openOn(new SimulatedFileSystem(disk));
  for (const [index, eventType] of PREPARED.entries()) {
    await store.recordEvent({ eventType, timestamp: 1_700_000_000, payload: { index } });
  }
  await store.close();
  prepared = disk.find(STORE_PATH)!.content;
  if (workload.damage === undefined) return;
  const inode = disk.find(STORE_PATH)!;
  const damaged = workload.damage(inode.content);
  inode.truncate(0);
  inode.append(damaged);
  inode.sync();
}

/** Records one event by name and notes what came of it. */
export async function recordNamed(
  store: JsonFilePersistence,
  ledger: Ledger,
  name: string,
): Promise<void> {
  try {
    await store.recordEvent({ eventType: name });
    ledger.acknowledged.push(name);
  } catch (error) {
    const isUncertain = (error as { code?: unknown }).code !== "NOT_WRITTEN" &&
      (error as { code?: unknown }).code !== "STORE_FAILED";
    (isUncertain ? ledger.uncertain : ledger.refused).push(name);
    throw error;
  }
}

function appending(durability: Durability): Workload {
  return {
    name: `append under ${durability}`,
    isWritingOnly: true,
    durability,
    survivors: PREPARED,
    run: async (store, ledger) => {
      await recordNamed(store, ledger, "a");
      await Promise.all(["b", "c", "d"].map((name) => recordNamed(store, ledger, name)));
      await store.flush();
      await recordNamed(store, ledger, "e");
      await store.close();
    },
  };
}

function maintaining(
  name: string,
  survivors: readonly string[],
  maintain: (store: JsonFilePersistence) => Promise<unknown>,
): Workload {
  return {
    name,
    durability: "always",
    survivors,
    run: async (store, ledger) => {
      await recordNamed(store, ledger, "a");
      await maintain(store);
      await recordNamed(store, ledger, "b");
      await store.close();
    },
  };
}

function recovering(
  mode: RecoveryMode,
  damage: (content: Uint8Array) => Uint8Array,
  survivors: readonly string[],
): Workload {
  const quarantine = mode === "quarantine" ? { quarantineDir: QUARANTINE_PATH } : {};
  return {
    ...maintaining(
      `recover by ${mode} ${damage.name}`,
      survivors,
      (store) => store.recover({ mode, ...quarantine }),
    ),
    quarantines: mode === "quarantine",
    damage,
  };
}

function undamaged(content: Uint8Array): Uint8Array {
  return content;
}

function withTornTail(content: Uint8Array): Uint8Array {
  return content.slice(0, -20);
}

/** Flips a bit in the fourth record. */
export function withFlippedByte(content: Uint8Array): Uint8Array {
  const flipped = content.slice();
  flipped[Math.floor(content.length / 2)]! ^= 1;
  return flipped;
}
