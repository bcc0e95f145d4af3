/**
 * The frame of every maintenance run: one at a time, its forerunners' leftovers dealt with first.
 *
 * @module
 */

import { basename } from "node:path";
import type { MaintenanceOptions } from "../../../backend/backend.ts";
import { PapyraError } from "../../../errors.ts";
import { FORMAT_VERSION } from "../../../storage/format.ts";
import { MaintenanceLock } from "../../../storage/maintenance_lock.ts";
import { newerFormat } from "../../../storage/tail.ts";
import { removeIfThere } from "../../../storage/whole_file.ts";
import type { FileStore } from "../store/file_store.ts";
import { listParts } from "../../../storage/store_parts.ts";
import { settleReceipts } from "../receipts/receipts.ts";
import { REMOVED_PREFIX } from "./removed_bytes.ts";
import { REWRITE_PREFIX } from "./replace_file.ts";
import { pruneSummaries } from "../summaries/segment_summaries.ts";
import { removeCopies } from "./superseded_forms.ts";

const RUN_PREFIXES = [REWRITE_PREFIX, REMOVED_PREFIX];

/** Runs `body` as the only maintenance run. Throws BUSY where another has the store. */
export async function maintain<T>(
  store: FileStore,
  operation: string,
  options: MaintenanceOptions,
  body: (lock: MaintenanceLock) => Promise<T>,
): Promise<T> {
  const { fileSystem, sidecar } = store;
  const lock = await MaintenanceLock.take(fileSystem, sidecar, operation, {
    ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
    signal: options.signal,
  });
  try {
    const { formatVersion } = await sidecar.readState();
    if (formatVersion > FORMAT_VERSION) throw newerFormat(store.paths.active, formatVersion);
    await settleReceipts(store);
    return await body(lock);
  } catch (error) {
    // A sidecar that was deleted meanwhile is told as that, not by the first file missed in it.
    throw lock.explain(error);
  } finally {
    await lock.release();
  }
}

/** Removes what interrupted runs left behind, and names it. Under the maintenance lock. */
export async function removeLeftovers(store: FileStore): Promise<string[]> {
  await removeStaleSummaries(store);
  const { temps } = await store.sidecar.strangers();
  const ofRuns = await removeAll(store, temps.filter(isOfRun));
  const removed = [...ofRuns, ...await removeCopies(store)];
  const ofCaches = temps.filter((path) => !isOfRun(path));
  if (ofCaches.length === 0) return removed;
  try {
    const body = () => removeAll(store, ofCaches);
    return [...removed, ...await store.sidecar.whileUnchanged(body)];
  } catch (error) {
    // A process that was halted in the middle of a change may yet go on with it.
    if (error instanceof PapyraError && error.code === "TIMED_OUT") return removed;
    throw error;
  }
}

async function removeStaleSummaries(store: FileStore): Promise<void> {
  const parts = await listParts(store.fileSystem, store.paths);
  await pruneSummaries(store, new Set(parts.map(({ name }) => name)));
}

// What runs make is this run's own business; what is made for the caches may be somebody's.
function isOfRun(path: string): boolean {
  return RUN_PREFIXES.some((prefix) => basename(path).startsWith(`${prefix}.`));
}

async function removeAll({ fileSystem }: FileStore, paths: readonly string[]): Promise<string[]> {
  const removed: string[] = [];
  for (const path of paths) {
    if (await removeIfThere(fileSystem, path)) removed.push(path);
  }
  return removed;
}
