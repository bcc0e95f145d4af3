/**
 * The frame of every maintenance run: one at a time, its forerunners' leftovers dealt with first.
 *
 * @module
 */

import { basename } from "node:path";
import type { MaintenanceOptions } from "../../backend/backend.ts";
import { FORMAT_VERSION } from "../../storage/format.ts";
import { isLockHeld, MaintenanceLock } from "../../storage/maintenance_lock.ts";
import { newerFormat } from "../../storage/tail.ts";
import { removeIfThere } from "../../storage/whole_file.ts";
import type { FileStore } from "./file_store.ts";
import { settleReceipts } from "./receipts.ts";
import { REWRITE_PREFIX } from "./replace_file.ts";

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
  const { fileSystem, sidecar } = store;
  const { temps } = await sidecar.strangers();
  const isCacheInUse = await isLockHeld(fileSystem, sidecar.pathOf("sidecarLock"));
  const removed: string[] = [];
  for (const path of temps) {
    // Copies in the making are this run's own business; those of the caches may be somebody's.
    const isOwn = basename(path).startsWith(`${REWRITE_PREFIX}.`);
    if (!isOwn && isCacheInUse) continue;
    if (await removeIfThere(fileSystem, path)) removed.push(path);
  }
  return removed;
}
