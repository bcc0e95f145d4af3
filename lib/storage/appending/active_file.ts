/**
 * The file that `PATH` names, opened and locked for one batch at a time.
 *
 * The lock is an flock on the file itself. Whoever gets it compares what `PATH` names now with what is
 * locked: another file means that maintenance replaced it, and the lock is worth nothing.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { PapyraError } from "../../errors.ts";
import type { FileIdentity, FileStat, FileSystem, OpenFile } from "../file_system.ts";
import { NEWLINE } from "../format.ts";
import { giveWay } from "../maintenance_lock.ts";
import { takeTurn } from "../mutex.ts";
import { compressedForms, parsePartName, segmentName } from "../part_names.ts";
import { pollUntil } from "../polling.ts";
import type { SealedSeqs } from "../sealed_tail.ts";
import { readFirstSeq, readTail, type Tail } from "../tail.ts";
import { appendAll, openOrCreate } from "../whole_file.ts";

/** Where a batch goes. */
export interface WritePosition {
  /** The size of the file, where the batch will begin. */
  readonly size: number;
  /** The first sequence number to give. */
  readonly nextSeq: number;
  /** Whether what is there lacks a newline. */
  readonly needsNewline: boolean;
}

/** What a writer needs to know of the store beside the file. */
export interface WriterSurroundings {
  /** The path of the maintenance lock. */
  readonly maintenanceLockPath: string;
  /** The largest sequence number known to be synced. Throws where the store must not be changed. */
  readDurableSeq(): Promise<number>;
  /** What the files before this one tell. */
  readSealedSeqs(identity: FileIdentity): Promise<SealedSeqs>;
}

/** A file that was sealed. */
export interface SealedFile {
  /** Where it is. */
  readonly path: string;
  /** Its size. */
  readonly size: number;
  /** The last sequence number given to it. */
  readonly lastSeq: number;
}

interface LockedFile {
  readonly file: OpenFile;
  readonly size: number;
}

/** A sync failed on the way: what was written before may be lost. */
export class SyncFailed extends Error {
  override readonly name = "SyncFailed";
}

const LAST_BYTES = 32;
const NEWLINE_BYTES = new Uint8Array([NEWLINE]);
const LOOK_INTERVAL_MS = 20;

/** The active file of a store, for one writer. */
export class ActiveFile {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #surroundings: WriterSurroundings;
  readonly #beforeLettingGo: () => Promise<void>;
  #file: OpenFile | null = null;
  // Of the file that is opened: it never changes, and to ask costs as much as a write.
  #identity: FileIdentity | null = null;
  #isAdopted = false;
  // What this writer left behind, to see whether anything was done to the file since.
  #leftSize = -1;
  #leftBytes = new Uint8Array(0);
  #lastSeq = 0;
  #firstSeq: number | undefined;
  #nextLookMs = 0;
  readonly #syncs = new Set<Promise<void>>();

  /** `beforeLettingGo` is awaited before a file is closed that lost its name to another. */
  constructor(
    fileSystem: FileSystem,
    path: string,
    surroundings: WriterSurroundings,
    beforeLettingGo: () => Promise<void>,
  ) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#surroundings = surroundings;
    this.#beforeLettingGo = beforeLettingGo;
  }

  /**
   * Runs `body` with the file that `PATH` names, opened (made, if need be) and locked, and with its size.
   * Gives up, with null, once `isWanted` says while waiting that there is no use any more.
   */
  async withLock<T>(
    body: (file: OpenFile, size: number) => Promise<T>,
    isWanted: () => boolean,
  ): Promise<T | null> {
    // Not while having the turn that maintenance in this process may be waiting for.
    await this.#giveWayNowAndThen();
    const endTurn = await takeTurn(this.#path);
    try {
      const locked = await this.#lockCurrent(isWanted);
      if (locked === null) return null;
      const { file, size } = locked;
      try {
        return await body(file, size);
      } finally {
        file.unlock();
      }
    } finally {
      endTurn();
    }
  }

  /** Where the next batch goes in a file of this size. Under the lock. */
  async locate(file: OpenFile, size: number): Promise<WritePosition> {
    const isContinued = this.#standsAsLeft(file);
    if (isContinued && size === this.#leftSize) {
      return { size, nextSeq: this.#lastSeq + 1, needsNewline: false };
    }
    const tail = await readTail(file, size);
    if (!isContinued) this.#firstSeq = undefined;
    // A file that was only added to shows at its end whatever others gave.
    const givenSeq = isContinued ? tail.lastSeq : await this.#givenSeq(file, tail);
    return {
      size,
      nextSeq: Math.max(this.#lastSeq, givenSeq) + 1,
      needsNewline: tail.isOpen,
    };
  }

  /** The largest number that was given, as far as the files and the cache tell. */
  async #givenSeq(file: OpenFile, { lastSeq, hasNumber }: Tail): Promise<number> {
    const durableSeq = await this.#surroundings.readDurableSeq();
    const { shown, named } = await this.#surroundings.readSealedSeqs(file.stat().identity);
    // Damaged lines may be records that were written behind those of the last segment.
    return hasNumber
      ? Math.max(lastSeq, shown, durableSeq)
      : Math.max(shown + lastSeq, named, durableSeq);
  }

  /** The first sequence number in the file; null where there is none yet. Under the lock. */
  async firstSeq(file: OpenFile): Promise<number | null> {
    this.#firstSeq ??= await readFirstSeq(file, file.stat().size) ?? undefined;
    return this.#firstSeq ?? null;
  }

  /**
   * Makes a sealed segment of the file: ends its last line, syncs it, and gives it a name that it keeps.
   * Null where another program moved it away meanwhile. Throws {@linkcode SyncFailed} where it cannot be
   * told what lasts. Under the lock, which belongs to the segment afterwards.
   */
  async seal(file: OpenFile, firstSeq: number): Promise<SealedFile | null> {
    const directory = dirname(this.#path);
    const name = segmentName(basename(this.#path), firstSeq);
    const path = join(directory, name);
    if (parsePartName(basename(this.#path), name) === null) throw tooHigh(this.#path, firstSeq);
    for (const form of [path, ...compressedForms(path)]) {
      if (this.#fileSystem.statLink(form) !== null) throw nameTaken(this.#path, form);
    }
    // It is the link that would be renamed, and a link is no segment.
    if (this.#fileSystem.statLink(this.#path)?.type === "link") throw isLink(this.#path);
    const { size, needsNewline, nextSeq } = await this.locate(file, file.stat().size);
    this.forget();
    if (needsNewline) appendAll(file, NEWLINE_BYTES);
    await this.sync(file).catch(throwSyncFailed);
    if (this.#named === null) return null;
    await this.#fileSystem.rename(this.#path, path);
    // Whoever sees this fail from here on must not go on writing to what is a segment by now.
    this.#lastSeq = nextSeq - 1;
    await this.#fileSystem.syncDirectory(directory).catch(throwSyncFailed);
    return { path, size: size + (needsNewline ? 1 : 0), lastSeq: nextSeq - 1 };
  }

  /** Notes that a batch was written up to `size` and `lastSeq`. Under the lock. */
  noteWritten(batch: Uint8Array, size: number, lastSeq: number): void {
    this.#leftBytes = batch.slice(-LAST_BYTES);
    this.#leftSize = size;
    this.#lastSeq = lastSeq;
  }

  /** Forgets what was left: the next batch looks at the file anew. */
  forget(): void {
    this.#leftSize = -1;
  }

  /** Syncs what was written since, and whatever adopting the file takes. */
  async sync(file: OpenFile): Promise<void> {
    const syncing = this.#sync(file);
    this.#syncs.add(syncing);
    try {
      await syncing;
    } finally {
      this.#syncs.delete(syncing);
    }
  }

  /** Whether `PATH` names anything. */
  get isThere(): boolean {
    return this.#fileSystem.stat(this.#path) !== null;
  }

  /** The file as it is opened; null where it is not. */
  get opened(): OpenFile | null {
    return this.#file;
  }

  /** Makes the file itself last before its first acknowledgement, whatever the durability is. */
  async adopt(file: OpenFile): Promise<void> {
    if (this.#isAdopted) return;
    await file.sync();
    await this.#fileSystem.syncDirectory(dirname(this.#path));
    this.#isAdopted = true;
  }

  /** Lets go of the file, once its syncs have settled. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    this.forget();
    await Promise.allSettled(this.#syncs);
    await file?.close();
  }

  async #sync(file: OpenFile): Promise<void> {
    if (this.#isAdopted) await file.syncData();
    else await this.adopt(file);
  }

  async #lockCurrent(isWanted: () => boolean): Promise<LockedFile | null> {
    for (;;) {
      const file = this.#file ?? await this.#open();
      let isLocked = false;
      await pollUntil(() => !isWanted() || (isLocked = file.tryLock("exclusive")));
      if (!isLocked) return null;
      // One look tells both: to ask the file for its size once more would cost as much as a write.
      const size = await this.#currentSize(file);
      if (size !== null) return { file, size };
      await this.#letGo(file);
    }
  }

  // Others may have written to it too, and no number is given twice. Nobody does any more.
  async #letGo(file: OpenFile): Promise<void> {
    try {
      const { lastSeq } = await readTail(file, file.stat().size);
      this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
    } finally {
      await this.close();
    }
  }

  // Where this fails the lock is let go of: others wait for it, also on a file that was moved away.
  async #currentSize(file: OpenFile): Promise<number | null> {
    try {
      const named = this.#named;
      if (named === null) await this.#beforeLettingGo();
      return named && named.size;
    } catch (error) {
      file.unlock();
      throw error;
    }
  }

  // What `PATH` names; null where that is another file than the one that is opened, or nothing.
  get #named(): FileStat | null {
    const named = this.#fileSystem.stat(this.#path);
    return named?.identity === this.#identity ? named : null;
  }

  // Maintenance waits a little for its turn, which costs less than a look before every batch.
  async #giveWayNowAndThen(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs < this.#nextLookMs) return;
    this.#nextLookMs = nowMs + LOOK_INTERVAL_MS;
    await giveWay(this.#fileSystem, this.#surroundings.maintenanceLockPath);
  }

  async #open(): Promise<OpenFile> {
    await this.#fileSystem.makeDirectory(dirname(this.#path));
    const { file } = await openOrCreate(this.#fileSystem, this.#path, true);
    this.#file = file;
    this.#identity = file.stat().identity;
    this.#isAdopted = false;
    this.#firstSeq = undefined;
    return file;
  }

  // Whether what this writer left is there, up to where it ended; others may have gone on behind it.
  #standsAsLeft(file: OpenFile): boolean {
    if (this.#leftSize < 0) return false;
    const last = new Uint8Array(this.#leftBytes.length);
    const count = file.readNow(last, this.#leftSize - last.length);
    return count === last.length && last.every((byte, index) => byte === this.#leftBytes[index]);
  }
}

function throwSyncFailed(cause: unknown): never {
  throw new SyncFailed("a sync failed", { cause });
}

function isLink(file: string): PapyraError {
  return new PapyraError(
    "NOT_A_STORE",
    `Cannot seal "${file}": it became a link after the store was opened; open the store again`,
    { file },
  );
}

function tooHigh(file: string, firstSeq: number): PapyraError {
  return new PapyraError(
    "UNSUPPORTED",
    `Cannot seal "${file}": its first record has the number ${firstSeq}, which no segment's name holds`,
    { file, seq: firstSeq },
  );
}

function nameTaken(file: string, path: string): PapyraError {
  return new PapyraError(
    "NOT_A_STORE",
    `Cannot seal "${file}": the name of its segment, "${path}", is taken; move that file away`,
    { file: path },
  );
}
