/**
 * Puts a compressed form of a sealed segment in its place, beside live writers and readers.
 *
 * The form is written into a temporary file, read back, synced and given its name beside the segment,
 * which governs for as long as it is there, and goes last. A crash at any point leaves the segment, or the
 * compressed form alone, or both; then the next run removes the form and begins again.
 *
 * @module
 */

import { join } from "node:path";
import { createHash } from "../../../storage/late_modules.ts";
import { throwIfAborted } from "../../../errors.ts";
import type { MaintenanceOptions } from "../../../backend/backend.ts";
import type { Compression } from "../../../model/compression.ts";
import type { MaintenanceLock } from "../../../storage/maintenance_lock.ts";
import { compressedForm } from "../../../storage/part_names.ts";
import { appendAll, openIfThere, removeIfThere, tempPathFor } from "../../../storage/whole_file.ts";
import { CopyTarget } from "../replacing/copy_target.ts";
import type { FileStore } from "../store/file_store.ts";
import { type FileFingerprint, writeIntent, writeOutcome } from "../receipts/receipts.ts";
import { REWRITE_PREFIX, withWriteLock } from "../replacing/replace_file.ts";
import { readSummary, writeSummary } from "../summaries/segment_summaries.ts";
import { storeLines } from "../store/store_lines.ts";
import { hasOtherForm } from "../replacing/superseded_forms.ts";
import { PartChanged, type StorePart } from "../store/store_part.ts";
import { findPart } from "../store/store_view.ts";

/** How to compress a segment. */
export interface SegmentCompression extends MaintenanceOptions {
  /** The form that it is to have. */
  readonly form: Compression;
  /** Gives the id of the receipt, once it is known that there is one. */
  readonly nextReceipt: () => string;
}

/**
 * Compresses `part`, a sealed segment; returns the size of its new form. Null where the segment is left as
 * it is, because it is damaged or another form of it, which holds something else, stands beside it. Under
 * the maintenance lock.
 */
export async function compressSegment(
  store: FileStore,
  lock: MaintenanceLock,
  part: StorePart,
  options: SegmentCompression,
): Promise<number | null> {
  const { fileSystem, sidecar } = store;
  if (hasOtherForm(store, part)) return null;
  const summary = await readSummary(store, part);
  const temp = tempPathFor(join(sidecar.path, REWRITE_PREFIX));
  const file = await fileSystem.open(temp, {
    access: "append",
    createExclusively: true,
    like: part.stat,
  });
  try {
    const target = new CopyTarget(file, options.form);
    const sha256 = await copyIntact(part, target, options);
    if (sha256 === null) return null;
    const made = await target.finish({ size: part.size, sha256 });
    throwIfAborted(options.signal);
    const old = { identity: part.identity, size: part.size, sha256 };
    const path = await putInPlace(store, lock, { part, temp, old, made }, options);
    const compressed = findPart(store, path);
    // It holds the same: what is known of the one is known of the other.
    if (summary !== null && compressed !== null) await writeSummary(store, compressed, summary);
    return made.size;
  } finally {
    await file.close();
    await removeIfThere(fileSystem, temp);
  }
}

/** Copies a segment of which no line is damaged; returns its SHA-256, or null where one is. */
async function copyIntact(
  part: StorePart,
  { sink }: CopyTarget,
  { signal, onProgress }: MaintenanceOptions,
): Promise<string | null> {
  const { path, size } = part;
  const hash = createHash("sha256");
  const onBytes = (bytes: Uint8Array): void => {
    hash.update(bytes);
    appendAll(sink, bytes);
  };
  const source = { file: await part.open(), path, base: 0 };
  for await (const lines of storeLines(source, { from: 0, to: size }, signal, onBytes)) {
    if (lines.some(({ verdict }) => verdict.state === "damaged")) return null;
    onProgress?.(lines.at(-1)!.offset, size);
  }
  return hash.digest("hex");
}

interface Successor {
  readonly part: StorePart;
  readonly temp: string;
  readonly old: FileFingerprint;
  readonly made: FileFingerprint;
}

/** Gives the form its name, and takes away the segment's; returns where it is. */
async function putInPlace(
  store: FileStore,
  lock: MaintenanceLock,
  { part, temp, old, made }: Successor,
  { form, nextReceipt, signal }: SegmentCompression,
): Promise<string> {
  const { fileSystem, paths, sidecar } = store;
  const path = compressedForm(part.path, form);
  const id = nextReceipt();
  const details = { reason: "compress", compressed_to: path };
  await writeIntent(store, id, { operation: "compact", file: part.path, old, new: made, details });
  lock.assertHeld();
  const isNamed = (file: string, { identity }: FileFingerprint): boolean =>
    fileSystem.statLink(file)?.identity === identity;
  try {
    await fileSystem.rename(temp, path);
    await fileSystem.syncDirectory(paths.directory);
    await fileSystem.syncDirectory(sidecar.path);
    await removeUnseen(store, lock, signal, async () => {
      // The wait may have been long: another run may have begun, and removed the form as a leftover.
      lock.assertHeld();
      const isReady = isUnchanged(store, part) && isNamed(path, made);
      if (!isReady) throw new PartChanged(part.path);
      await fileSystem.unlink(part.path);
    });
  } catch (error) {
    if (isNamed(part.path, old) && isNamed(path, made)) await removeIfThere(fileSystem, path);
    throw error;
  }
  await fileSystem.syncDirectory(paths.directory);
  await writeOutcome(store, id, "done");
  return path;
}

function isUnchanged({ fileSystem }: FileStore, { path, stat }: StorePart): boolean {
  const { identity, size, modifiedMs } = fileSystem.statLink(path) ?? {};
  return identity === stat.identity && size === stat.size && modifiedMs === stat.modifiedMs;
}

/**
 * Removes a segment while nobody lists the store's files under the lock of the active one: who began before
 * its new form had its name must not miss both.
 */
async function removeUnseen(
  store: FileStore,
  lock: MaintenanceLock,
  signal: AbortSignal | undefined,
  remove: () => Promise<void>,
): Promise<void> {
  for (let isRemoved = false; !isRemoved;) {
    const active = await openIfThere(store.fileSystem, store.paths.active, true);
    if (active === null) return await remove();
    try {
      isRemoved = await lock.withTurn(() =>
        withWriteLock(store, active, signal, async (path) => {
          // Sealed meanwhile, and there is another one.
          if (path !== store.paths.active) return false;
          await remove();
          return true;
        })
      );
    } finally {
      await active.close();
    }
  }
}
