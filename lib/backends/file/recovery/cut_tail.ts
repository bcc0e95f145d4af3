/**
 * Cuts damage at the end of a file in place, where there is no room for a copy of the store.
 *
 * @module
 */

import type { MaintenanceOptions } from "../../../backend/backend.ts";
import type { RemovedRange } from "../../../model/report.ts";
import type { OpenFile } from "../../../storage/file_system.ts";
import type { MaintenanceLock } from "../../../storage/maintenance_lock.ts";
import { hadRoomFor } from "../../../storage/os_error.ts";
import type { FileStore } from "../store/file_store.ts";
import { digestOf, newReceiptId, writeIntent, writeOutcome } from "../receipts/receipts.ts";
import { RemovedBytes, toBase64 } from "../replacing/removed_bytes.ts";
import { withWriteLock } from "../replacing/replace_file.ts";
import type { ScannedPart } from "../scanning/line_anomalies.ts";
import type { DetailedScan } from "../scanning/scan_store.ts";
import { type StoreLine, storeLines } from "../store/store_lines.ts";
import { type ByteRange, readRange } from "../../../storage/byte_range.ts";

/** What was cut. */
export interface TailCut {
  /** Id of the receipt; null where there was no room for one. */
  readonly receipt: string | null;
  /** The ranges that were cut. */
  readonly removed: readonly RemovedRange[];
  /** How many there were. */
  readonly removedRanges: number;
  /** How many bytes they held. */
  readonly removedBytes: number;
  /** Where the bytes are kept. */
  readonly kept: readonly string[];
  /** The bytes that there was no room for, base64. */
  readonly unstored: string;
}

/** The active file, where cutting its end off mends everything that is wrong with the store. */
export function tailToCut(scan: DetailedScan): ScannedPart | null {
  const active = scan.parts.at(-1);
  if (active?.part.role !== "active") return null;
  const { damagedBytes } = active.summary.counts;
  if (damagedBytes === 0) return null;
  const isAllAtEnd = active.part.horizon - active.tailDamageFrom === damagedBytes;
  const isOnlyDamage = scan.report.damagedBytes === damagedBytes &&
    scan.pathsToMend.size === 0 && scan.parts.every(({ lostNewlines }) => lostNewlines === 0);
  return isAllAtEnd && isOnlyDamage ? active : null;
}

// So much can be handed over instead of being stored: it is held in memory, and printed.
const HANDED_OVER_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Cuts `PATH` behind its last accepted line; null where others have written since the scan, or where there
 * is more than can be handed over and no room to store it.
 */
export async function cutTail(
  store: FileStore,
  lock: MaintenanceLock,
  tail: ScannedPart,
  options: MaintenanceOptions,
): Promise<TailCut | null> {
  const file = await store.fileSystem.open(store.paths.active, {
    access: "append",
    lockable: true,
  });
  try {
    return await lock.withTurn(() =>
      withWriteLock(store, file, options.signal, async () => {
        const { identity, size } = file.stat();
        if (identity !== tail.part.identity || size !== tail.part.horizon) return null;
        return await cut(store, lock, file, tail);
      })
    );
  } finally {
    await file.close();
  }
}

async function cut(
  store: FileStore,
  lock: MaintenanceLock,
  file: OpenFile,
  tail: ScannedPart,
): Promise<TailCut | null> {
  const range = { from: tail.tailDamageFrom, to: tail.part.horizon };
  const id = newReceiptId(store.now());
  const removed = await takeTail(store, id, file, range);
  try {
    if (!removed.keepsBytes && range.to - range.from > HANDED_OVER_BYTES_MAX) return null;
    const isNoted = await hadRoomFor(() => noteCut(store, id, file, range, removed));
    const isKept = removed.keepsBytes && (isNoted || removed.path !== null);
    const unstored = isKept ? "" : await base64Of(file, range);
    lock.assertHeld();
    await file.truncate(range.from);
    await file.sync();
    if (isNoted) await hadRoomFor(() => writeOutcome(store, id, "done"));
    return {
      receipt: isNoted ? id : null,
      removed: removed.ranges,
      removedRanges: removed.count,
      removedBytes: range.to - range.from,
      kept: removed.path === null ? [] : [removed.path],
      unstored,
    };
  } finally {
    await removed.close();
  }
}

/** Stores the bytes; where there is no room for them, notes only which they are. */
async function takeTail(
  store: FileStore,
  id: string,
  file: OpenFile,
  range: ByteRange,
): Promise<RemovedBytes> {
  const removed = new RemovedBytes(store, id, true);
  let isStored = false;
  try {
    isStored = await hadRoomFor(async () => {
      await addTail(removed, file, range);
      await removed.sync();
      await removed.keep();
    });
  } finally {
    if (!isStored) await removed.discard();
  }
  if (isStored) return removed;
  const noted = new RemovedBytes(store, id, false);
  await addTail(noted, file, range);
  return noted;
}

async function addTail(removed: RemovedBytes, file: OpenFile, range: ByteRange): Promise<void> {
  for await (const lines of storeLines({ file, path: file.path, base: 0 }, range)) {
    for (const line of lines) await removed.add(line, file, codeOf(line));
  }
}

function codeOf({ verdict }: StoreLine) {
  return verdict.code ?? "CORRUPTED_LINE";
}

async function base64Of(file: OpenFile, range: ByteRange): Promise<string> {
  const parts: string[] = [];
  for await (const part of readRange(file, range)) parts.push(toBase64(part));
  return parts.join("");
}

async function noteCut(
  store: FileStore,
  id: string,
  file: OpenFile,
  range: ByteRange,
  removed: RemovedBytes,
): Promise<void> {
  await writeIntent(store, id, {
    operation: "recover",
    file: store.paths.active,
    old: null,
    new: null,
    cut: { ...range, sha256: await digestOf(file, range) },
    details: { reason: "damage at the end, cut in place", ...removed.details() },
  });
}
