/**
 * One consistent look at a store: the file that `PATH` names, held open, and how far to read it.
 *
 * @module
 */

import { PapyraError } from "../../errors.ts";
import type { OpenFile } from "../../storage/file_system.ts";
import { takeTurnWithin } from "../../storage/mutex.ts";
import { isMissingError } from "../../storage/os_error.ts";
import { pollUntil } from "../../storage/polling.ts";
import type { FileStore } from "./file_store.ts";

/** A look at a store that stays the same while others write. */
export interface StoreView {
  /** The active file, open for reading; null where there is none. */
  readonly file: OpenFile | null;
  /** How far to read it. */
  readonly horizon: number;
  /** Whether the horizon was taken under the lock, so that no write was under way. */
  readonly isSettled: boolean;
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

// So long may a look keep the writers of this process waiting while other processes have the lock.
const TURN_MS_MAX = 20;

/** Takes a look at `store`. The caller closes the view's file. */
export async function openView(store: FileStore, options: ViewOptions): Promise<StoreView> {
  for (;;) {
    const file = await openForReading(store);
    if (file === null) return { file, horizon: 0, isSettled: true };
    try {
      const horizon = await lockedHorizon(store, file, options);
      if (horizon !== null) return { file, ...horizon };
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
  }
}

/** Takes a look for a scan. The caller closes the view's file. */
export async function openScanView(store: FileStore, options: ViewOptions): Promise<ScanView> {
  // Read first: what is known to be synced now is certainly in the file that is looked at later.
  const { durableSeq } = await store.sidecar.readState();
  return { ...await openView(store, options), durableSeq };
}

async function openForReading(store: FileStore): Promise<OpenFile | null> {
  const { active } = store.paths;
  try {
    return await store.fileSystem.open(active, { access: "read", lockable: true });
  } catch (error) {
    if (isMissingError(error)) return null;
    throw error;
  }
}

/** The horizon of a file; null where `PATH` names another by now. */
export async function lockedHorizon(
  store: FileStore,
  file: OpenFile,
  options: ViewOptions,
): Promise<{ readonly horizon: number; readonly isSettled: boolean } | null> {
  const isLocked = await tryLockShared(store, file, options);
  try {
    const { identity, size } = file.stat();
    if (store.fileSystem.stat(store.paths.active)?.identity !== identity) return null;
    return { horizon: size, isSettled: isLocked };
  } finally {
    file.unlock();
  }
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
