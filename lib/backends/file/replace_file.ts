/**
 * The one way in which maintenance replaces a store's file, beside live writers and readers.
 *
 * What survives is copied without the write lock. Near the end the lock is taken, the rest is copied,
 * a checkpoint is put behind it, everything is synced, the intent is written down, and a rename makes
 * the copy the store. A crash at any point leaves the store as before or as after.
 *
 * @module
 */

import { join } from "node:path";
import { PapyraError, throwIfAborted } from "../../errors.ts";
import type { MaintenanceOptions } from "../../backend/backend.ts";
import { lineEndBefore } from "../../storage/backward_reader.ts";
import { encodeCheckpoint } from "../../storage/checkpoint.ts";
import type { FileIdentity, OpenFile } from "../../storage/file_system.ts";
import type { MaintenanceLock } from "../../storage/maintenance_lock.ts";
import { takeTurn } from "../../storage/mutex.ts";
import { pollUntil } from "../../storage/polling.ts";
import { readTail } from "../../storage/tail.ts";
import { removeIfThere, tempPathFor } from "../../storage/whole_file.ts";
import type { FileStore } from "./file_store.ts";
import { LineCopy, type LineRule } from "./line_copy.ts";
import { type FileFingerprint, newReceiptId, writeIntent, writeOutcome } from "./receipts.ts";
import { lockedHorizon } from "./store_view.ts";

/** What is to be done beside copying. */
export interface Replacement {
  /** Which operation replaces the file. */
  readonly operation: string;
  /** Which lines survive. */
  readonly rule: LineRule;
  /** The file that the plan was made on; another one in its place ends the run with BUSY. */
  readonly identity: FileIdentity;
  /** Puts away, and syncs, what must not be lost; under the write lock, before the intent. */
  secure?(source: OpenFile, size: number, receipt: string): Promise<void>;
  /** What the receipt is to say beside sizes and digests. */
  details(): Readonly<Record<string, unknown>>;
}

/** What was done. */
export interface ReplacementResult {
  /** Id of the receipt. */
  readonly receipt: string;
  /** Size of the file that was replaced. */
  readonly oldBytes: number;
  /** Size of the file in its place. */
  readonly newBytes: number;
}

const LOCK_TIMEOUT_MS = 30_000;
// Where no look succeeds in this time, the last part under the lock is longer.
const LOOK_TIMEOUT_MS = 1000;
const REST_BYTES_MAX = 4 * 1024 * 1024;
const ROUNDS_MAX = 20;
/** What the names of copies in the making begin with. */
export const REWRITE_PREFIX = "rewrite";

/** Replaces the active file of `store` by what survives of it. Under the maintenance lock. */
export async function replaceActiveFile(
  store: FileStore,
  lock: MaintenanceLock,
  replacement: Replacement,
  options: MaintenanceOptions,
): Promise<ReplacementResult> {
  const { fileSystem, paths, sidecar } = store;
  const source = await fileSystem.open(paths.active, { access: "read", lockable: true });
  try {
    if (source.stat().identity !== replacement.identity) throw replacedMeanwhile(store);
    const temp = tempPathFor(join(sidecar.path, REWRITE_PREFIX));
    const target = await fileSystem.open(temp, {
      access: "append",
      createExclusively: true,
      like: paths.active,
      lockable: true,
    });
    try {
      const copy = new LineCopy(source, target, replacement.rule);
      await copyAlongside(store, source, copy, options);
      await target.syncData();
      return await lock.withTurn(() =>
        withWriteLock(
          store,
          source,
          options.signal,
          () => finish(store, lock, replacement, { source, target, copy, temp }, options.signal),
        )
      );
    } finally {
      await target.close();
      await removeIfThere(fileSystem, temp);
    }
  } finally {
    await source.close();
  }
}

/** Copies whole lines until little is left, while others go on writing. */
async function copyAlongside(
  store: FileStore,
  source: OpenFile,
  copy: LineCopy,
  options: MaintenanceOptions,
): Promise<void> {
  const view = { lockTimeoutMs: LOOK_TIMEOUT_MS, signal: options.signal };
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const settled = await lockedHorizon(store, source, view);
    if (settled === null) throw replacedMeanwhile(store);
    const { horizon, isSettled } = settled;
    // A write that is under way may still be cut back.
    if (!isSettled) continue;
    if (round > 1 && horizon - copy.position <= REST_BYTES_MAX) return;
    const lineEnd = await lineEndBefore(source, horizon);
    if (lineEnd <= copy.position) return;
    if (!await copy.isContinued()) throw replacedMeanwhile(store);
    await copy.extendTo(
      lineEnd,
      options.signal,
      (position) => options.onProgress?.(position, horizon),
    );
  }
}

/** Runs `body` while nobody can write to `file`, which `PATH` must still name. */
export async function withWriteLock<T>(
  store: FileStore,
  file: OpenFile,
  signal: AbortSignal | undefined,
  body: () => Promise<T>,
): Promise<T> {
  const { active } = store.paths;
  const endTurn = await takeTurn(active);
  try {
    const isLocked = await pollUntil(() => file.tryLock("exclusive"), {
      timeoutMs: LOCK_TIMEOUT_MS,
      signal,
    });
    if (!isLocked) throw lockNeverFree(store);
    try {
      if (store.fileSystem.stat(active)?.identity !== file.stat().identity) {
        throw replacedMeanwhile(store);
      }
      return await body();
    } finally {
      file.unlock();
    }
  } finally {
    endTurn();
  }
}

interface Copying {
  readonly source: OpenFile;
  readonly target: OpenFile;
  readonly copy: LineCopy;
  readonly temp: string;
}

async function finish(
  store: FileStore,
  lock: MaintenanceLock,
  replacement: Replacement,
  { source, target, copy, temp }: Copying,
  signal: AbortSignal | undefined,
): Promise<ReplacementResult> {
  const { size } = source.stat();
  // Tools that know no lock may have cut the file, and writers gone on in it.
  if (!await copy.isContinued()) throw replacedMeanwhile(store);
  await copy.extendTo(size, signal);
  await appendCheckpoint(store, source, copy, size);
  const { sourceSha256, targetSha256 } = copy.finish();
  await target.sync();
  throwIfAborted(signal);
  const receipt = newReceiptId(store.now());
  await replacement.secure?.(source, size, receipt);
  const old: FileFingerprint = { identity: source.stat().identity, size, sha256: sourceSha256 };
  const { identity } = target.stat();
  // Nobody else knows this file yet: the lock is free.
  target.tryLock("exclusive");
  await writeIntent(store, receipt, {
    operation: replacement.operation,
    file: store.paths.active,
    old,
    new: { identity, size: copy.size, sha256: targetSha256 },
    details: replacement.details(),
  });
  lock.assertHeld();
  await store.fileSystem.rename(temp, store.paths.active);
  // Both locks are held until the directory is synced: a writer must not acknowledge what a power cut
  // would still take away.
  await store.fileSystem.syncDirectory(store.paths.directory);
  await store.fileSystem.syncDirectory(store.sidecar.path);
  await writeOutcome(store, receipt, "done");
  return { receipt, oldBytes: size, newBytes: copy.size };
}

async function appendCheckpoint(
  store: FileStore,
  source: OpenFile,
  copy: LineCopy,
  size: number,
): Promise<void> {
  const { durableSeq } = await store.sidecar.readState();
  // Where no line ever had a number there is nothing to say: an original store stays one.
  if (!copy.hasNumbers(durableSeq)) return;
  // Damaged lines at the end count as records.
  const { lastSeq } = await readTail(source, size);
  await copy.settle();
  copy.append(encodeCheckpoint(copy.checkpoint(durableSeq, lastSeq), store.now()));
}

function replacedMeanwhile(store: FileStore): PapyraError {
  const file = store.paths.active;
  return new PapyraError(
    "BUSY",
    `Cannot change "${file}": another program replaced it meanwhile; run the command again`,
    { file },
  );
}

function lockNeverFree(store: FileStore): PapyraError {
  const file = store.paths.active;
  return new PapyraError(
    "TIMED_OUT",
    `Cannot change "${file}": a writer keeps its lock; see who has the file open (lsof, fuser)`,
    { file },
  );
}
