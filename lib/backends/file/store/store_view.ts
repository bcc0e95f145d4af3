/**
 * One consistent look at a store: which files it consists of, and how far to read each.
 *
 * @module
 */

import { basename } from "node:path";
import { PapyraError } from "../../../errors.ts";
import { lineEndBefore } from "../../../storage/lines/backward_reader.ts";
import type { OpenFile } from "../../../storage/file_system.ts";
import { takeTurnWithin } from "../../../storage/mutex.ts";
import { parsePartName } from "../../../storage/part_names.ts";
import { pollUntil } from "../../../storage/polling.ts";
import { type FoundPart, listParts, pathOfPart } from "../../../storage/store_parts.ts";
import { openIfThere } from "../../../storage/whole_file.ts";
import type { FileStore } from "./file_store.ts";
import { HeldParts, StorePart } from "./store_part.ts";

/** A look at a store that stays the same while others write. */
export interface StoreView {
  /** Its files, the oldest first; the active file, where there is one, is the last. */
  readonly parts: readonly StorePart[];
  /** Whether it was taken under the lock, so that no write was under way. */
  readonly isSettled: boolean;
  /** Lets go of the files. */
  close(): Promise<void>;
}

/** A look that a scan takes, which counts on more than the data. */
export interface ScanView extends StoreView {
  /** The largest sequence number that was known to be synced when the look was taken. */
  readonly durableSeq: number;
}

/** How to look. */
export interface ViewOptions {
  /** How long to wait for the lock before looking without it. */
  readonly lockTimeoutMs: number;
  /** Stops the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** How long maintenance waits for writers. */
export const WRITER_TIMEOUT_MS = 30_000;
// So long may a look keep the writers of this process waiting while other processes have the lock.
const TURN_MS_MAX = 20;

/** Takes a look at `store`. */
export async function openView(store: FileStore, options: ViewOptions): Promise<StoreView> {
  for (;;) {
    const active = await openIfThere(store.fileSystem, store.paths.active, true);
    const view = active === null
      ? await lookAtSealed(store)
      : await lookBeside(store, active, options);
    if (view !== null) return view;
    await active?.close();
  }
}

/**
 * Takes a look of which nothing goes away by itself: no write was under way that may yet be cut back, and
 * all of it is synced. Throws TIMED_OUT.
 */
export async function openLastingView(
  store: FileStore,
  signal: AbortSignal | undefined,
): Promise<StoreView> {
  const view = await openView(store, { lockTimeoutMs: WRITER_TIMEOUT_MS, signal });
  try {
    if (!view.isSettled) throw lockNeverFree(store.paths.active);
    const file = await activePart(view)?.openRaw();
    await file?.sync();
    return view;
  } catch (error) {
    await view.close();
    throw error;
  }
}

/** Takes a look for a scan. */
export async function openScanView(store: FileStore, options: ViewOptions): Promise<ScanView> {
  // Read first: what is known to be synced now is certainly in the files that are looked at later.
  const { durableSeq } = await store.sidecar.readState();
  return { ...await openView(store, options), durableSeq };
}

/** One file of a store, looked at by itself; null where it is gone. */
export function findPart(
  { fileSystem, paths, heldFilesMax }: FileStore,
  path: string,
): StorePart | null {
  const name = parsePartName(paths.name, basename(path));
  const stat = fileSystem.statLink(path);
  if (name === null || stat?.type !== "file") return null;
  const held = new HeldParts(heldFilesMax);
  return new StorePart(fileSystem, { ...name, path, stat }, {
    size: stat.size,
    sizeBefore: 0,
    base: 0,
    held,
  });
}

/** The active file of a look; null where there was none. */
export function activePart({ parts }: StoreView): StorePart | null {
  const last = parts.at(-1);
  return last?.role === "active" ? last : null;
}

/** Bytes of content that a look covers, once all of its files were read, or passed over knowingly. */
export function bytesOf({ parts }: StoreView): number {
  return parts.reduce((sum, { horizon }) => sum + horizon, 0);
}

/** Bytes that the files of a look take on the disk. */
export function sizeOf({ parts }: StoreView): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

/**
 * How far a file of the store can be read now, and where it is; null where the store does not name it
 * any more.
 */
export async function lockedHorizon(
  store: FileStore,
  file: OpenFile,
  options: ViewOptions,
): Promise<
  { readonly horizon: number; readonly isSettled: boolean; readonly path: string } | null
> {
  const isSettled = await tryLockShared(store, file, options);
  try {
    const { identity, size } = file.stat();
    const path = await pathOfPart(store.fileSystem, store.paths, identity, file.path);
    return path === null ? null : { horizon: size, isSettled, path };
  } finally {
    file.unlock();
  }
}

// Between a sealing and the next write there is no active file.
async function lookAtSealed(store: FileStore): Promise<StoreView | null> {
  const { fileSystem, paths } = store;
  const found = await listParts(fileSystem, paths, { isLocked: false });
  // It may have come and gone in between.
  if (found.at(-1)?.role === "active" || fileSystem.stat(paths.active) !== null) return null;
  return makeView(store, found, null);
}

// Under its lock the active file can be neither sealed nor replaced, so the names fit together.
async function lookBeside(
  store: FileStore,
  active: OpenFile,
  options: ViewOptions,
): Promise<StoreView | null> {
  try {
    const isSettled = await tryLockShared(store, active, options);
    const found = await listParts(store.fileSystem, store.paths, { isLocked: isSettled });
    const { identity, size } = active.stat();
    active.unlock();
    if (found.at(-1)?.stat.identity !== identity) return null;
    return makeView(store, found, { file: active, size, isSettled });
  } catch (error) {
    await active.close();
    throw error;
  }
}

function makeView(
  { fileSystem, heldFilesMax }: FileStore,
  found: readonly FoundPart[],
  active: { readonly file: OpenFile; readonly size: number; readonly isSettled: boolean } | null,
): StoreView {
  const held = new HeldParts(heldFilesMax);
  const parts: StorePart[] = [];
  let [base, sizeBefore] = [0, 0];
  for (const each of found) {
    const size = each.role === "active" ? active!.size : each.stat.size;
    const part = new StorePart(fileSystem, each, { size, sizeBefore, base, held });
    parts.push(part);
    sizeBefore += size;
    base += part.horizon;
  }
  const close = async (): Promise<void> => {
    for (const part of parts) await part.close();
  };
  if (active !== null) parts.at(-1)!.adopt(active.file);
  return { parts, isSettled: active?.isSettled ?? true, close };
}

/** How far whole lines reach that no write can be in the middle of, in the last file of a look. */
export async function readableHorizon(view: StoreView): Promise<number> {
  const last = view.parts.at(-1);
  // Of a compressed file, that is known once it was opened.
  if (last !== undefined && last.compression !== null) await last.open();
  if (last === undefined || view.isSettled) return last?.horizon ?? 0;
  return await lineEndBefore(await last.open(), last.horizon);
}

/**
 * Opens those files of a look now whose lines have no numbers: where one of the others changes under a
 * read, a new look goes on behind the last number.
 */
export async function holdUnnumbered(
  { heldFilesMax }: FileStore,
  { parts }: StoreView,
): Promise<void> {
  const unnumbered = parts.filter(({ role }) => role === "rotated");
  for (const part of unnumbered.slice(-heldFilesMax)) await part.open();
}

async function tryLockShared(
  { paths }: FileStore,
  file: OpenFile,
  { lockTimeoutMs, signal }: ViewOptions,
): Promise<boolean> {
  const deadline = performance.now() + lockTimeoutMs;
  const timeLeft = (): number => Math.max(0, deadline - performance.now());
  // The writers of this process hand the lock on to each other: between two turns there is a gap.
  const takeLock = async (): Promise<boolean> => {
    const endTurn = await takeTurnWithin(paths.active, { timeoutMs: timeLeft(), signal });
    try {
      const timeoutMs = Math.min(timeLeft(), TURN_MS_MAX);
      return await pollUntil(() => file.tryLock("shared"), { timeoutMs, signal });
    } finally {
      endTurn?.();
    }
  };
  try {
    return await pollUntil(takeLock, { timeoutMs: lockTimeoutMs, signal });
  } catch (error) {
    // Reading works where locking does not: read-only media, Node.
    if (error instanceof PapyraError && error.code === "LOCK_UNSUPPORTED") return false;
    throw error;
  }
}

/** The error where writers never let maintenance have the file. */
export function lockNeverFree(file: string): PapyraError {
  return new PapyraError(
    "TIMED_OUT",
    `Cannot change "${file}": a writer keeps its lock; see who has the file open (lsof, fuser)`,
    { file },
  );
}
