/** Something that is done to a store while faults strike. */

import type { RecoveryConfig } from "../../lib/backend/backend.ts";
import { JsonFilePersistence } from "../../lib/backends/file/json_file_persistence.ts";
import type { Durability } from "../../lib/model/mode.ts";
import type { Ledger } from "./_ledger.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";

/** Where the store of every workload is. */
export const STORE_PATH = "/data/events.ndjson";
/** Where its sidecar is. */
export const SIDECAR_PATH = "/data/.events.ndjson.papyra";
/** Where originals are put. */
export const QUARANTINE_PATH = "/quarantine";

/** Names of the records that are there before most workloads begin. */
export const PREPARED: readonly string[] = ["p0", "p1", "p2", "p3", "p4", "p5"];

// So many of them are not old yet.
const RECENT = 2;
const LONG_AGO = 1_700_000_000;
const NOW = Math.floor(Date.now() / 1000);

/** What is done, and what must be there before and after it. */
export interface Workload {
  readonly name: string;
  /** When a record counts as written. */
  readonly durability: Durability;
  /** Names of prepared records that can be read before. */
  readonly before: readonly string[];
  /** Those of them that can be read once maintenance is through. */
  readonly after: readonly string[];
  /** Names of prepared records that are damaged: that they are missing may be told for good. */
  readonly damaged?: readonly string[];
  /** Whether it does nothing but write. */
  readonly isWritingOnly?: boolean;
  /** Whether it removes nothing but damage, and keeps what it removes. */
  readonly repairs?: boolean;
  /** Whether originals are put into quarantine. */
  readonly quarantines?: boolean;
  /** How it is recovered. @default {repair} */
  readonly recovery?: RecoveryConfig;
  /** Whether the store is gone before. */
  readonly isGone?: boolean;
  /** Whether totals are lost before, or set to zero. */
  readonly resetsMetrics?: boolean;
  /** Makes the store that it begins with. */
  prepare(disk: SimulatedDisk): Promise<void>;
  /** What happens; every operation in it may be the last. */
  run(store: JsonFilePersistence, ledger: Ledger): Promise<void>;
}

/** A store as it was before a workload began. */
export interface Prepared {
  /** What the file system says of the store's file; null where there is none. */
  readonly identity: string | null;
  /** Its content. */
  readonly content: Uint8Array;
}

/** Opens the store on a disk. */
export function openOn(
  fileSystem: SimulatedFileSystem,
  durability: Durability = "always",
): JsonFilePersistence {
  return new JsonFilePersistence(STORE_PATH, { fileSystem, durability });
}

/** Makes the store that a workload begins with. */
export async function prepare(disk: SimulatedDisk, workload: Workload): Promise<Prepared> {
  disk.makeDirectory("/data");
  disk.makeDirectory(QUARANTINE_PATH);
  await workload.prepare(disk);
  return lookAt(disk);
}

/** The store's file as it is. */
export function lookAt(disk: SimulatedDisk): Prepared {
  return {
    identity: new SimulatedFileSystem(disk).stat(STORE_PATH)?.identity ?? null,
    content: disk.find(STORE_PATH)?.content ?? new Uint8Array(0),
  };
}

/** Writes the prepared records, the last two of them just now; everything is synced then. */
export async function writePrepared(disk: SimulatedDisk): Promise<void> {
  const store = openOn(new SimulatedFileSystem(disk));
  for (const [index, eventType] of PREPARED.entries()) {
    const isOld = index < PREPARED.length - RECENT;
    await store.recordEvent({ eventType, timestamp: isOld ? LONG_AGO : NOW, payload: { index } });
  }
  await store.close();
}
