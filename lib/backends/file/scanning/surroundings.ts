/**
 * What stands around a store: leftovers of interrupted runs, strangers, and a store that is gone.
 *
 * @module
 */

import { join } from "node:path";
import { isLockHeld } from "../../../storage/maintenance_lock.ts";
import { osCode } from "../../../storage/os_error.ts";
import { looksLikePart, parsePartName } from "../../../storage/part_names.ts";
import type { FileStat } from "../../../storage/file_system.ts";
import { isReadable, listSuperseded } from "../../../storage/store_parts.ts";
import type { AnomalyCollector } from "../../../backend/anomaly_collector.ts";
import { type FileStore, nextCommand } from "../store/file_store.ts";
import type { ScanView } from "../store/store_view.ts";
import { supersededFiles } from "../replacing/superseded_forms.ts";

/** Reports what stands around `store`. */
export async function reportSurroundings(
  store: FileStore,
  view: ScanView,
  anomalies: AnomalyCollector,
): Promise<void> {
  if (view.parts.length === 0 && view.durableSeq > 0) reportMissing(store, view, anomalies);
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
  await reportSuperseded(store, anomalies);
  await reportMisnamed(store, view, anomalies);
  reportOrphans(view, anomalies, store.paths.active);
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

async function reportSuperseded(store: FileStore, anomalies: AnomalyCollector): Promise<void> {
  const { copies, others } = await supersededFiles(store);
  const left = await leftoversAmong(store, copies.map(({ form }) => form.path));
  if (left.length + others.length === 0) return;
  // A run, or a tool, that has just come to its end may have made them the segments.
  const superseded = (await listSuperseded(store.fileSystem, store.paths))
    .map(({ form }) => form.path);
  for (const file of left.filter((path) => superseded.includes(path))) {
    anomalies.add({
      code: "LEFTOVER_TEMP_FILE",
      file,
      reason: "an interrupted run left this copy of a segment behind; it is not read",
      next: `${nextCommand(store, "recover")} removes it`,
    });
  }
  for (const file of others.filter((path) => superseded.includes(path))) {
    anomalies.add({
      code: "UNEXPECTED_FILE",
      file,
      reason:
        "it is another form of a segment that stands beside it, and holds something else; it is not read",
      next: "find out which of the two is right, and move the other elsewhere",
    });
  }
}

// What has such a name and cannot be read as a part of the store is told: somebody counts on it.
async function reportMisnamed(
  store: FileStore,
  view: ScanView,
  anomalies: AnomalyCollector,
): Promise<void> {
  const { directory, name } = store.paths;
  const known = new Set(view.parts.map(({ path }) => path));
  for (const found of await store.fileSystem.list(directory)) {
    const file = join(directory, found);
    const part = parsePartName(name, found);
    if (part === null && !looksLikePart(name, found)) continue;
    const stat = store.fileSystem.statLink(file);
    // What appeared since the look was taken is a segment that was sealed meanwhile; what is gone again
    // was sealed, or removed, since the names were read.
    if (stat === null || known.has(file)) continue;
    if (part !== null && isReadable(store.fileSystem, store.paths, part, stat)) continue;
    anomalies.add({
      code: "UNEXPECTED_FILE",
      file,
      reason: part === null
        ? "it is named almost like a part of this store; it is not read"
        : `it has the name of a part of this store, and ${whyUnreadable(stat)}; it is not read`,
      next: "move it elsewhere, or give it back the name that it had",
    });
  }
}

function whyUnreadable({ type }: FileStat): string {
  return type === "file" ? "belongs to another user" : "is no regular file";
}

// The original numbers its rotated files without holes.
function reportOrphans({ parts }: ScanView, anomalies: AnomalyCollector, name: string): void {
  const rotated = parts.filter(({ role }) => role === "rotated");
  const numbers = new Set(rotated.map(({ path }) => path));
  const active = name;
  for (const [index, { path }] of rotated.toReversed().entries()) {
    const expected = `${active}.${index + 1}`;
    if (numbers.has(expected)) continue;
    anomalies.add({
      code: "ORPHANED_ROTATED_FILE",
      file: path,
      reason:
        `"${expected}" is missing before it: a rotated file may have been lost; this one is read`,
      next: "restore the missing file from a backup, if there is one",
    });
    return;
  }
}
