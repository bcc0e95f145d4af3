/** Something that is done to a store while faults strike. */

import { gunzipSync } from "node:zlib";
import type { RecoveryConfig } from "../../lib/backend/backend.ts";
import type { FilePersistence } from "../../lib/backends/file/file_persistence.ts";
import { JsonFilePersistence } from "../../lib/backends/file/json_file_persistence.ts";
import { RotatingFilePersistence } from "../../lib/backends/file/rotating_file_persistence.ts";
import type { Durability } from "../../lib/model/mode.ts";
import type { Ledger } from "./_ledger.ts";
import { Random } from "../_random.ts";
import { SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";

/** Where the store of every workload is. */
export const STORE_PATH = "/data/events.ndjson";
/** Where its sidecar is. */
export const SIDECAR_PATH = "/data/.events.ndjson.papyra";
/** Where originals are put. */
export const QUARANTINE_PATH = "/quarantine";

/** Names of the records that are there before most workloads begin. */
export const PREPARED: readonly string[] = ["p0", "p1", "p2", "p3", "p4", "p5"];

const LONG_AGO = 1_700_000_000;
// No time passes, so that what failures leave can be told to be the same. With milliseconds, as mostly.
const NOW = Math.floor(Date.now() / 1000) + 0.125;
const clock = (): number => NOW;

/** What is done, and what must be there before and after it. */
export interface Workload {
  readonly name: string;
  /** When a record counts as written. */
  readonly durability: Durability;
  /** Records of a segment, whereupon it is sealed. @default {never} */
  readonly segmentRecords?: number;
  /** Files that are kept beside the active one; the oldest go when there are more. @default {all} */
  readonly maxFiles?: number;
  /** How many of the prepared records, the last ones, are not old. @default {2} */
  readonly recent?: number;
  /** Whether there is no store before. */
  readonly isNew?: boolean;
  /** Names of prepared records that can be read before. */
  readonly before: readonly string[];
  /** Those of them that can be read once maintenance is through. */
  readonly after: readonly string[];
  /** Those that can be read in between, where several files are changed one after another. */
  readonly between?: readonly (readonly string[])[];
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
  /** It takes so many calls that a fault strikes every so many of them, unless there is time. @default {1} */
  readonly stride?: number;
  /** What is done to the store before. */
  arrange?(disk: SimulatedDisk): void | Promise<void>;
  /** What happens; every operation in it may be the last. */
  run(store: FilePersistence, ledger: Ledger): Promise<void>;
}

/** One of a store's files. */
export interface StoreFile {
  /** Where it is. */
  readonly path: string;
  /** What tells it from others, whatever its name is. */
  readonly identity: string;
  /** What it holds. */
  readonly content: Uint8Array;
}

/** Opens a store on a disk, as it is opened after a fault. */
export function openOn(fileSystem: SimulatedFileSystem): JsonFilePersistence {
  return new JsonFilePersistence(STORE_PATH, { fileSystem, clock });
}

/** Opens a workload's store. */
export function openFor(
  { durability, segmentRecords, maxFiles }: {
    readonly durability: Durability;
    readonly segmentRecords?: number | undefined;
    readonly maxFiles?: number;
  },
  fileSystem: SimulatedFileSystem,
): FilePersistence {
  const options = { fileSystem, durability, clock };
  return segmentRecords === undefined
    ? new JsonFilePersistence(STORE_PATH, options)
    : new RotatingFilePersistence(STORE_PATH, {
      ...options,
      maxRecords: segmentRecords,
      ...(maxFiles === undefined ? {} : { maxFiles }),
    });
}

/** A disk with the store that a workload begins with. */
export async function diskFor(workload: Workload): Promise<SimulatedDisk> {
  const { isNew, recent, segmentRecords } = workload;
  const key = `${isNew} ${recent} ${segmentRecords}`;
  const prepared = preparedDisks.get(key) ?? await preparedDisk(workload);
  preparedDisks.set(key, prepared);
  // Everything on it lasts: this is a copy.
  const disk = prepared.afterPowerCut(new Random(0));
  await workload.arrange?.(disk);
  return disk;
}

const preparedDisks = new Map<string, SimulatedDisk>();

async function preparedDisk(workload: Workload): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  disk.makeDirectory("/data");
  disk.makeDirectory(QUARANTINE_PATH);
  if (workload.isNew !== true) await writePrepared(disk, workload);
  disk.sync();
  return disk;
}

/** The store's files as they are. */
export function filesOf(disk: SimulatedDisk): readonly StoreFile[] {
  const fileSystem = new SimulatedFileSystem(disk);
  const paths = disk.list("/data").map((name) => `/data/${name}`);
  return paths.filter((path) => path.startsWith(STORE_PATH)).map((path) => {
    return { path, identity: fileSystem.stat(path)!.identity, content: contentOf(disk, path) };
  });
}

/** What a file holds, decompressed where that can be done. */
export function contentOf(disk: SimulatedDisk, path: string): Uint8Array {
  const { content } = disk.find(path)!;
  if (!path.endsWith(".gz")) return content;
  try {
    return gunzipSync(content);
  } catch {
    return content;
  }
}

async function writePrepared(
  disk: SimulatedDisk,
  { recent = 2, segmentRecords }: Workload,
): Promise<void> {
  const store = openFor({ durability: "always", segmentRecords }, new SimulatedFileSystem(disk));
  for (const [index, eventType] of PREPARED.entries()) {
    const timestamp = index < PREPARED.length - recent ? LONG_AGO : NOW;
    await store.recordEvent({ eventType, timestamp, payload: { index } });
  }
  await store.close();
}
