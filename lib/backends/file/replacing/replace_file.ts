/**
 * The one way in which maintenance replaces a file of a store, beside live writers and readers.
 *
 * What survives is copied without the write lock. Near the end the lock is taken, the rest is copied,
 * a checkpoint is put behind it, everything is synced, the intent is written down, and a rename makes
 * the copy the store. A crash at any point leaves the store as before or as after. The active file may be
 * sealed meanwhile: then the segment is replaced that it became.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { PapyraError, throwIfAborted } from "../../../errors.ts";
import type { MaintenanceOptions } from "../../../backend/backend.ts";
import { lineEndBefore } from "../../../storage/lines/backward_reader.ts";
import { encodeCheckpoint } from "../../../storage/lines/checkpoint.ts";
import { CompressedFile } from "../../../storage/compressed/compressed_file.ts";
import { type Digests, openDigests } from "../../../storage/digests.ts";
import type { OpenFile, ReadableFile } from "../../../storage/file_system.ts";
import type { MaintenanceLock } from "../../../storage/maintenance_lock.ts";
import { takeTurn } from "../../../storage/mutex.ts";
import { contentOf } from "../../../storage/open_part.ts";
import { isMissingError } from "../../../storage/os_error.ts";
import { pollUntil } from "../../../storage/polling.ts";
import { firstSeqBehind } from "../../../storage/sealed_tail.ts";
import { pathOfPart } from "../../../storage/store_parts.ts";
import { readTail } from "../../../storage/tail.ts";
import { removeIfThere, tempPathFor } from "../../../storage/whole_file.ts";
import { CopyTarget } from "./copy_target.ts";
import type { FileStore } from "../store/file_store.ts";
import { LineCopy, type LineRule, type Numbering } from "./line_copy.ts";
import { numbersInOtherFiles } from "./numbers_in_other_files.ts";
import { keepOriginal, keptPath } from "./quarantine.ts";
import { digestOf, writeIntent, writeOutcome } from "../receipts/receipts.ts";
import { assertOnlyForm } from "./superseded_forms.ts";
import type { StorePart } from "../store/store_part.ts";
import { lockedHorizon, lockNeverFree, WRITER_TIMEOUT_MS } from "../store/store_view.ts";

/** What is to be done beside copying. */
export interface Replacement {
  /** Which operation replaces the file. */
  readonly operation: string;
  /** Id of the receipt. */
  readonly receipt: string;
  /** The file; another one in its place ends the run with BUSY. */
  readonly part: StorePart;
  /** Which lines survive. */
  readonly rule: LineRule;
  /** What the checkpoint behind them says. */
  readonly numbering: Numbering;
  /** Whether `secure` keeps the original whatever it is. */
  readonly keepsOriginal?: boolean;
  /** Puts away, and syncs, what must not be lost; under the write lock, before the intent. */
  secure?(original: Original): Promise<void>;
  /** Puts it where the receipt says that it is; behind the intent. */
  keep?(): Promise<void>;
  /** What the receipt is to say beside sizes and digests. */
  details(): Readonly<Record<string, unknown>>;
}

/** The file that is about to be replaced. */
export interface Original {
  /** The file, opened. */
  readonly file: OpenFile;
  /** Where it is. */
  readonly path: string;
  /** Its size. */
  readonly size: number;
  /** Id of the receipt. */
  readonly receipt: string;
}

/** What was done. */
export interface ReplacementResult {
  /** Size of the file that was replaced. */
  readonly oldBytes: number;
  /** Size of the file in its place. */
  readonly newBytes: number;
  /** Where the original is kept because not all of it could be decompressed; null where all could. */
  readonly kept: string | null;
}

// Where no look succeeds in this time, the last part under the lock is longer.
const LOOK_TIMEOUT_MS = 1000;
const REST_BYTES_MAX = 4 * 1024 * 1024;
const ROUNDS_MAX = 20;
const NAME_ATTEMPTS_MAX = 5;
/** What the names of copies in the making begin with. */
export const REWRITE_PREFIX = "rewrite";

/**
 * Replaces a file of `store` by what survives of it, compressed as that was. Under the maintenance lock.
 * Throws UNSUPPORTED where another tool compressed more than can be read.
 */
export async function replacePart(
  store: FileStore,
  lock: MaintenanceLock,
  replacement: Replacement,
  options: MaintenanceOptions,
): Promise<ReplacementResult> {
  const { part } = replacement;
  assertOnlyForm(store, part);
  const digests = await openDigests(part.size);
  try {
    return await replaceWith(digests, store, lock, replacement, options);
  } finally {
    await digests.close();
  }
}

async function replaceWith(
  digests: Digests,
  store: FileStore,
  lock: MaintenanceLock,
  replacement: Replacement,
  options: MaintenanceOptions,
): Promise<ReplacementResult> {
  const { fileSystem, sidecar } = store;
  const { part, rule, numbering } = replacement;
  const source = await openCurrent(store, part);
  let content: ReadableFile = source;
  try {
    content = await contentOf(source, part.compression);
    assertReadable(content);
    const temp = tempPathFor(join(sidecar.path, REWRITE_PREFIX));
    const target = await fileSystem.open(temp, {
      access: "append",
      createExclusively: true,
      like: source.stat(),
      lockable: true,
    });
    try {
      const { path, base } = part;
      const output = new CopyTarget(target, part.compression);
      const from = { file: content, path, base };
      const copy = new LineCopy(from, output.sink, rule, numbering, digests);
      if (content === source) await copyAlongside(store, source, copy, options);
      else await copyAll(content, copy, options);
      await target.syncData();
      const replace = (current: string): Promise<ReplacementResult> => {
        const copying = { source, content, path: current, target, output, copy, temp };
        return finish(store, lock, replacement, copying, options.signal);
      };
      // Nobody writes to a segment: no writer has to wait for its replacement.
      if (part.role === "sealed") return await replace(source.path);
      return await lock.withTurn(() => withWriteLock(store, source, options.signal, replace));
    } finally {
      await target.close();
      await removeIfThere(fileSystem, temp);
    }
  } catch (error) {
    throw explain(store, error);
  } finally {
    await content.close();
  }
}

// Other programs may move a file away in the middle of anything.
function explain({ paths }: FileStore, error: unknown): unknown {
  const { path } = (error ?? {}) as { path?: unknown };
  const isOfStore = typeof path === "string" && dirname(path) === paths.directory;
  return isMissingError(error) && isOfStore ? replacedMeanwhile(path) : error;
}

/** Opens a file of the store by the name that it has now: it may be sealed at any moment. */
async function openCurrent(store: FileStore, { identity, path }: StorePart): Promise<OpenFile> {
  let failure: unknown = replacedMeanwhile(path);
  for (let attempt = 1; attempt <= NAME_ATTEMPTS_MAX; attempt++) {
    const current = await pathOfPart(store.fileSystem, store.paths, identity);
    if (current === null) throw replacedMeanwhile(path);
    try {
      const file = await store.fileSystem.open(current, { access: "read", lockable: true });
      if (file.stat().identity === identity) return file;
      await file.close();
    } catch (error) {
      if (!isMissingError(error)) throw error;
      failure = error;
    }
  }
  throw failure;
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
    if (settled === null) throw replacedMeanwhile(source.path);
    const { horizon, isSettled } = settled;
    // A write that is under way may still be cut back.
    if (!isSettled) continue;
    if (round > 1 && horizon - copy.position <= REST_BYTES_MAX) return;
    const lineEnd = await lineEndBefore(source, horizon);
    if (lineEnd <= copy.position) return;
    if (!await copy.isContinued()) throw replacedMeanwhile(source.path);
    await copy.extendTo(
      lineEnd,
      options.signal,
      (position) => options.onProgress?.(position, horizon),
    );
  }
}

/** Copies what a compressed segment holds: it does not grow. */
async function copyAll(
  content: ReadableFile,
  copy: LineCopy,
  { signal, onProgress }: MaintenanceOptions,
): Promise<void> {
  const { size } = content.stat();
  await copy.extendTo(size, signal, (position) => onProgress?.(position, size));
}

/** Runs `body` with where `file` is, while nobody can write to it. */
export async function withWriteLock<T>(
  store: FileStore,
  file: OpenFile,
  signal: AbortSignal | undefined,
  body: (path: string) => Promise<T>,
): Promise<T> {
  const endTurn = await takeTurn(store.paths.active);
  try {
    const isLocked = await pollUntil(() => file.tryLock("exclusive"), {
      timeoutMs: WRITER_TIMEOUT_MS,
      signal,
    });
    if (!isLocked) throw lockNeverFree(file.path);
    try {
      const path = await pathOfPart(store.fileSystem, store.paths, file.stat().identity);
      if (path === null) throw replacedMeanwhile(file.path);
      return await body(path);
    } finally {
      file.unlock();
    }
  } finally {
    endTurn();
  }
}

interface Copying {
  readonly source: OpenFile;
  readonly content: ReadableFile;
  readonly path: string;
  readonly target: OpenFile;
  readonly output: CopyTarget;
  readonly copy: LineCopy;
  readonly temp: string;
}

async function finish(
  store: FileStore,
  lock: MaintenanceLock,
  replacement: Replacement,
  { source, content, path, target, output, copy, temp }: Copying,
  signal: AbortSignal | undefined,
): Promise<ReplacementResult> {
  const { identity, size } = source.stat();
  // Tools that know no lock may have cut the file, and writers gone on in it.
  if (!await copy.isContinued()) throw replacedMeanwhile(path);
  await copy.extendTo(content.stat().size, signal);
  // Of a file that was sealed meanwhile, others have gone on behind it.
  const { durableSeq } = path === store.paths.active
    ? await store.sidecar.readState()
    : { durableSeq: 0 };
  const { numbering } = replacement;
  const knownSeq = Math.max(durableSeq, numbering.durableSeq);
  await appendCheckpoint(store, { file: content, path }, copy, {
    ...numbering,
    durableSeq: knownSeq,
  });
  const { sourceSha256, targetSha256 } = await copy.finish();
  const made = await output.finish({ size: copy.size, sha256: targetSha256 });
  const sha256 = content === source ? sourceSha256 : await digestOf(source, { from: 0, to: size });
  throwIfAborted(signal);
  const { receipt } = replacement;
  const original: Original = { file: source, path, size, receipt };
  await replacement.secure?.(original);
  const kept = isDamaged(content) && !replacement.keepsOriginal
    ? keptPath(store, original, store.sidecar.pathOf("removed"))
    : null;
  // Nobody else knows this file yet: the lock is free.
  target.tryLock("exclusive");
  await writeIntent(store, receipt, {
    operation: replacement.operation,
    file: path,
    old: { identity, size, sha256 },
    new: made,
    details: { ...replacement.details(), ...(kept === null ? {} : { originals: [kept] }) },
  });
  await replacement.keep?.();
  if (kept !== null) await keepWhole(store, original, kept);
  try {
    lock.assertHeld();
    // Other programs may have moved the file away, and writers begun another.
    if (store.fileSystem.stat(path)?.identity !== identity) {
      await writeOutcome(store, receipt, "not_done");
      throw replacedMeanwhile(path);
    }
    await store.fileSystem.rename(temp, path);
  } catch (error) {
    if (kept !== null) await discardKept(store, original, kept);
    throw error;
  }
  // Both locks are held until the directory is synced: a writer must not acknowledge what a power cut
  // would still take away.
  await store.fileSystem.syncDirectory(store.paths.directory);
  await store.fileSystem.syncDirectory(store.sidecar.path);
  await writeOutcome(store, receipt, "done");
  return { oldBytes: size, newBytes: made.size, kept };
}

function isDamaged(content: ReadableFile): boolean {
  return content instanceof CompressedFile && content.isDamaged;
}

// Once the file has been replaced, this is all that is left of it.
async function discardKept({ fileSystem }: FileStore, { file, path }: Original, kept: string) {
  const isThere = fileSystem.stat(path)?.identity === file.stat().identity;
  if (isThere) await removeIfThere(fileSystem, kept);
}

async function keepWhole(store: FileStore, original: Original, path: string): Promise<void> {
  await store.fileSystem.makeDirectory(dirname(path));
  await keepOriginal(store, original, path);
}

async function appendCheckpoint(
  store: FileStore,
  source: NamedFile,
  copy: LineCopy,
  { durableSeq, seqBehind }: Numbering,
): Promise<void> {
  // Where no line ever had a number there is nothing to say: an original store stays one.
  if (!copy.hasNumbers(durableSeq) && seqBehind === null) return;
  const shownSeq = await shownSeqOf(store, source, copy, seqBehind);
  if (!copy.hasNumbers(durableSeq) && shownSeq === 0) return;
  await copy.settle(durableSeq, (gaps) => numbersInOtherFiles(store, source.path, gaps));
  copy.append(encodeCheckpoint(copy.checkpoint(shownSeq), store.now()));
}

interface NamedFile {
  readonly file: ReadableFile;
  readonly path: string;
}

// Damaged lines at the end count as records, but for no more than stand between this file and the next;
// for all of them where nobody misses them any more.
async function shownSeqOf(
  { fileSystem, paths }: FileStore,
  { file, path }: NamedFile,
  { position, highestSeq, endsInDamage }: LineCopy,
  seqBehind: number | null,
): Promise<number> {
  if (seqBehind !== null) return endsInDamage ? seqBehind - 1 : highestSeq;
  const { lastSeq, hasNumber } = await readTail(file, position);
  const shownSeq = hasNumber ? lastSeq : highestSeq + lastSeq;
  if (shownSeq <= highestSeq || path === paths.active) return shownSeq;
  return Math.min(shownSeq, await firstSeqBehind(fileSystem, paths, path) - 1);
}

// It holds records that nobody here can read: they must not be taken for nothing.
function assertReadable(content: ReadableFile): void {
  const { path } = content;
  if (!(content instanceof CompressedFile && content.isTooLarge)) return;
  throw new PapyraError(
    "UNSUPPORTED",
    `Cannot change "${path}": another tool compressed it, and it is too large to be read as it is; decompress it first`,
    { file: path },
  );
}

function replacedMeanwhile(file: string): PapyraError {
  return new PapyraError(
    "BUSY",
    `Cannot change "${file}": another program replaced it meanwhile; run the command again`,
    { file },
  );
}
