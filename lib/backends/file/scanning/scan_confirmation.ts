/**
 * Whether what a scan found is there, or was only passing by.
 *
 * @module
 */

import type { AnomalyCode } from "../../../model/anomaly.ts";
import type { ScanReport } from "../../../model/report.ts";
import type { PartRole } from "../../../storage/part_names.ts";
import { listParts } from "../../../storage/store_parts.ts";
import type { FileStore } from "../store/file_store.ts";
import type { ScannedPart } from "./line_anomalies.ts";
import { activePart, type StoreView } from "../store/store_view.ts";

// What a scan finds where a file of the store escaped it.
const MISSED_FILE_CODES: readonly AnomalyCode[] = ["SEQUENCE_GAP", "ORPHANED_ROTATED_FILE"];

/** What a scan found. */
interface ScanFindings {
  readonly report: ScanReport;
  readonly parts: readonly ScannedPart[];
}

/** Whether a look at the store as it is now bears out what a scan of `view` found. */
export async function isConfirmed(
  store: FileStore,
  view: StoreView,
  { report, parts }: ScanFindings,
): Promise<boolean> {
  if (!report.healthy && !isStill(store, view, parts)) return false;
  const isFileMissed = MISSED_FILE_CODES.some((code) => report.anomalyCounts[code] !== undefined);
  return !isFileMissed || await areRotatedStill(store, view);
}

// A fragment at the end may be a line that a tool which knows no lock is writing just now. Without the
// lock, whatever looks like damage may be a write under way.
function isStill(store: FileStore, view: StoreView, parts: readonly ScannedPart[]): boolean {
  const { fileSystem, paths } = store;
  const active = activePart(view);
  const now = fileSystem.stat(paths.active);
  if (active === null) return now === null;
  if (view.isSettled && !parts.at(-1)!.isTorn) return true;
  return now?.identity === active.identity && now.size === active.horizon;
}

// Other tools move rotated files, one after the other.
async function areRotatedStill(
  { fileSystem, paths }: FileStore,
  view: StoreView,
): Promise<boolean> {
  const namesOf = (parts: readonly { role: PartRole; path: string; identity: string }[]) =>
    parts.filter(({ role }) => role === "rotated").map((part) => `${part.path} ${part.identity}`);
  const found = await listParts(fileSystem, paths);
  const now = found.map(({ role, path, stat }) => ({ role, path, identity: stat.identity }));
  return namesOf(now).join("\n") === namesOf(view.parts).join("\n");
}
