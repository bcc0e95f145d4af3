/**
 * What stands around a store: leftovers of interrupted runs, strangers, and a store that is gone.
 *
 * @module
 */

import { join } from "node:path";
import { isLockHeld } from "../../storage/maintenance_lock.ts";
import { osCode } from "../../storage/os_error.ts";
import type { AnomalyCollector } from "./anomaly_collector.ts";
import { type FileStore, nextCommand } from "./file_store.ts";
import type { ScanView } from "./store_view.ts";

/** Reports what stands around `store`. */
export async function reportSurroundings(
  store: FileStore,
  view: ScanView,
  anomalies: AnomalyCollector,
): Promise<void> {
  if (view.file === null && view.durableSeq > 0) reportMissing(store, view, anomalies);
  const { temps, unknown } = await store.sidecar.strangers();
  for (const file of await leftoversAmong(store, temps)) {
    anomalies.add({
      code: "LEFTOVER_TEMP_FILE",
      file,
      reason: "an interrupted run left this temporary file behind",
      next: `${nextCommand(store, "recover")} removes it`,
    });
  }
  for (const file of unknown) {
    anomalies.add({
      code: "UNEXPECTED_FILE",
      file,
      reason: "papyra did not put this file into the store's sidecar",
      next: "move it elsewhere",
    });
  }
  await reportRotated(store, anomalies);
}

function reportMissing(store: FileStore, view: ScanView, anomalies: AnomalyCollector): void {
  anomalies.add({
    code: "MISSING_STORE",
    file: store.paths.active,
    reason: `there was a store with records up to ${view.durableSeq} here, and it is gone`,
    next: `restore it from a backup, or accept the loss: ${nextCommand(store, "recover")}`,
  });
}

/** Those of `temps` that no living process is about to use. */
export async function leftoversAmong(
  store: FileStore,
  temps: readonly string[],
): Promise<string[]> {
  if (temps.length === 0) return [];
  const { fileSystem, sidecar } = store;
  for (const name of ["maintenanceLock", "sidecarLock"] as const) {
    try {
      if (await isLockHeld(fileSystem, sidecar.pathOf(name))) return [];
    } catch (error) {
      // Where nothing can be locked or opened, nobody can tell whether they are still in use.
      if (osCode(error) === null) throw error;
      return [];
    }
  }
  // What was in use when the names were read is gone by now.
  return temps.filter((file) => fileSystem.statLink(file) !== null);
}

// Files of the original's rotating backend beside a single-file store.
async function reportRotated(store: FileStore, anomalies: AnomalyCollector): Promise<void> {
  const { directory, name } = store.paths;
  const names = await store.fileSystem.list(directory);
  for (const rotated of names) {
    const isRotated = rotated.startsWith(`${name}.`) &&
      /^\d+$/.test(rotated.slice(name.length + 1));
    if (!isRotated) continue;
    anomalies.add({
      code: "ORPHANED_ROTATED_FILE",
      file: join(directory, rotated),
      reason: "looks like a part of a rotating store, which the single-file backend does not read",
      next: `look at it by itself: papyra persistence scan --path FILE`,
    });
  }
}
