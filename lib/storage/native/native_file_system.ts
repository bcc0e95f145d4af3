/**
 * The machine's own file system, through `node:fs`, which Deno, Bun and Node share.
 *
 * @module
 */

import * as fs from "node:fs";
import { dirname } from "node:path";
import { type Flock, openFlock } from "./_flock.ts";
import { resolveLinks } from "./_native_links.ts";
import { giveToOwnerOf, isForeignLink, makeLike, ownershipOf } from "./_native_ownership.ts";
import {
  diskError,
  inPlace,
  linkInTheWay,
  placeOfOpening,
  setDirectoryMode,
} from "./_native_place.ts";
import type { FileStat, FileSystem, LockMode, OpenFile, OpenOptions } from "../file_system.ts";

const FILE_MODE = 0o600;
const PUBLIC_FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o700;
const OPEN_ATTEMPTS_MAX = 100;
const BIGINT = { bigint: true } as const;
// A missing file is an ordinary answer: an exception for it would cost more than the call.
const STAT_OPTIONS = { ...BIGINT, throwIfNoEntry: false } as const;

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = fs.constants;
// A pipe or a device in a file's place must neither be waited for nor become this process's terminal.
const NEVER_WAIT = (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0);

const openAsync = (path: string, flags: number, mode?: number): Promise<number> =>
  promised((done) => fs.open(path, flags, mode, done));
const closeAsync = (fd: number): Promise<void> => promised((done) => fs.close(fd, done));
const readAsync = (fd: number, buffer: Uint8Array, position: number): Promise<number> =>
  promised((done) => fs.read(fd, buffer, 0, buffer.length, position, done));
const ftruncateAsync = (fd: number, size: number): Promise<void> =>
  promised((done) => fs.ftruncate(fd, size, done));
const fsyncAsync = (fd: number): Promise<void> => promised((done) => fs.fsync(fd, done));
const fdatasyncAsync = (fd: number): Promise<void> => promised((done) => fs.fdatasync(fd, done));

/** The machine's file system. */
export const nativeFileSystem: FileSystem = {
  open: openNative,
  stat: (path) => statOrNull(() => fs.statSync(path, STAT_OPTIONS)),
  statLink: (path) => statOrNull(() => fs.lstatSync(path, STAT_OPTIONS)),
  realPath: resolveLinks,
  list: listNative,
  makeDirectory: makeDirectoryNative,
  // At once, so that as little as possible can happen between a look at a name and its change.
  rename: (from, to) => inPlaces(from, to, fs.renameSync),
  link: (from, to) => inPlaces(from, to, fs.promises.link),
  unlink: (path) => inPlace(path, fs.unlinkSync),
  syncDirectory: syncDirectoryNative,
  freeBytes: async (path) => {
    const { bavail, bsize } = await fs.promises.statfs(path);
    return Number(bavail) * Number(bsize);
  },
};

function inPlaces(
  from: string,
  to: string,
  body: (from: string, to: string) => Promise<void> | void,
): Promise<void> {
  return inPlace(from, (source) => inPlace<void>(to, (target) => body(source, target)));
}

async function openNative(path: string, options: OpenOptions): Promise<OpenFile> {
  for (let attempt = 1;; attempt++) {
    const file = await inPlace(path, (place) => openOnce(path, place, options));
    if (file !== null) return file;
    if (attempt >= OPEN_ATTEMPTS_MAX) throw diskError("EBUSY", "replaced again and again", path);
  }
}

/** Opens what `place` names; null where it names another file by then. */
async function openOnce(
  path: string,
  place: string,
  { access, createExclusively, like, isPublic, lockable }: OpenOptions,
): Promise<NativeFile | null> {
  const flags = (access === "read" ? O_RDONLY : O_RDWR | O_APPEND) | O_NOFOLLOW | NEVER_WAIT |
    (createExclusively ? O_CREAT | O_EXCL : 0);
  const fd = await openAsync(place, flags, FILE_MODE);
  let file: NativeFile | null = null;
  try {
    if (createExclusively) prepareNew(place, fd, like, isPublic ? PUBLIC_FILE_MODE : FILE_MODE);
    const stat = fs.fstatSync(fd, BIGINT);
    if (!isNamed(path, place, stat)) return null;
    assertUsable(path, stat);
    if (access === "append" && isForeignLink(stat, dirname(place))) {
      throw diskError("EMLINK", "a second name of another user's file", path);
    }
    const lock = lockable ? openLock(path, fd, stat) : null;
    if (lockable && lock === null) return null;
    file = new NativeFile(path, fd, lock);
    return file;
  } finally {
    if (file === null) await closeAsync(fd);
  }
}

// A umask may have taken away more than was meant.
function prepareNew(
  place: string,
  fd: number,
  like: FileStat | undefined,
  mode: number,
): void {
  try {
    fs.fchmodSync(fd, mode);
    if (like === undefined) giveToOwnerOf(dirname(place), fd);
    else makeLike(like, fd);
  } catch (error) {
    fs.unlinkSync(place);
    throw error;
  }
}

// Deno heeds O_NOFOLLOW only in programs that may do everything.
function isNamed(path: string, place: string, { dev, ino }: fs.BigIntStats): boolean {
  const named = fs.lstatSync(place, STAT_OPTIONS);
  if (named?.isSymbolicLink()) throw linkInTheWay(path);
  return named?.dev === dev && named.ino === ino;
}

function assertUsable(path: string, stat: fs.BigIntStats): void {
  if (stat.isDirectory()) throw diskError("EISDIR", "a directory", path);
  if (!stat.isFile()) throw diskError("EFTYPE", "not a regular file", path);
}

// Where the lock needs an opening of its own, `path` may have been replaced in between.
function openLock(path: string, fd: number, { dev, ino }: fs.BigIntStats): Flock | null {
  const inode = `${dev}-${ino}`;
  try {
    const lock = openFlock(path, { fd, inode, place: placeOfOpening(fd) ?? path });
    if (lock.inode === inode) return lock;
    lock.close();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return null;
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ENOENT";
}

async function listNative(directory: string): Promise<string[]> {
  try {
    return (await fs.promises.readdir(directory)).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function makeDirectoryNative(path: string, like = dirname(path)): Promise<void> {
  if (isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeDirectoryNative(parent);
  try {
    await inPlace(path, async (place) => {
      await fs.promises.mkdir(place, { mode: DIRECTORY_MODE });
      await prepareNewDirectory(place, like);
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
    // One look: what another made may be removed, and made again, between two.
    const found = statOrNull(() => fs.lstatSync(path, STAT_OPTIONS));
    if (found === null) return await makeDirectoryNative(path, like);
    if (found.type === "link") throw linkInTheWay(path);
    if (found.type !== "directory") throw diskError("ENOTDIR", "not a directory", path, error);
  }
  await syncDirectoryNative(parent);
}

function isDirectory(path: string): boolean {
  const stat = statOrNull(() => fs.lstatSync(path, STAT_OPTIONS));
  if (stat?.type === "link") throw linkInTheWay(path);
  return stat?.type === "directory";
}

async function prepareNewDirectory(place: string, like: string): Promise<void> {
  // It may be removed as soon as it is there.
  const made = fs.lstatSync(place, { throwIfNoEntry: false });
  if (made === undefined) return;
  if ((made.mode & 0o777) !== DIRECTORY_MODE) setDirectoryMode(place, DIRECTORY_MODE);
  const fd = await openAsync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch((error) => {
    if (!isMissing(error)) throw error;
  });
  if (fd === undefined) return;
  try {
    giveToOwnerOf(like, fd);
  } finally {
    await closeAsync(fd);
  }
}

function syncDirectoryNative(path: string): Promise<void> {
  return inPlace(path, async (place) => {
    const fd = await openAsync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    try {
      await fsyncAsync(fd);
    } finally {
      await closeAsync(fd);
    }
  });
}

function statOrNull(stat: () => fs.BigIntStats | undefined): FileStat | null {
  try {
    const found = stat();
    return found === undefined ? null : toStat(found);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOTDIR") return null;
    throw error;
  }
}

function toStat(stat: fs.BigIntStats): FileStat {
  return {
    // Runtimes tell birth times to different fractions; whole milliseconds they share.
    identity: `${stat.dev}-${stat.ino}-${stat.birthtimeMs}`,
    type: typeOf(stat),
    size: Number(stat.size),
    modifiedMs: Number(stat.mtimeMs),
    createdMs: Number(stat.birthtimeMs || stat.mtimeMs),
    ownership: ownershipOf(stat),
  };
}

function typeOf(stat: fs.BigIntStats): FileStat["type"] {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  return stat.isSymbolicLink() ? "link" : "other";
}

class NativeFile implements OpenFile {
  readonly path: string;
  readonly #fd: number;
  readonly #lock: Flock | null;
  #isLocked = false;
  #isClosed = false;

  constructor(path: string, fd: number, lock: Flock | null) {
    this.path = path;
    this.#fd = fd;
    this.#lock = lock;
  }

  stat(): FileStat {
    return toStat(fs.fstatSync(this.#fd, BIGINT));
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    let total = 0;
    while (total < buffer.length) {
      const count = await readAsync(this.#fd, buffer.subarray(total), position + total)
        .catch((error) => Promise.reject(Object.assign(error, { path: this.path })));
      if (count === 0) break;
      total += count;
    }
    return total;
  }

  readNow(buffer: Uint8Array, position: number): number {
    return fs.readSync(this.#fd, buffer, 0, buffer.length, position);
  }

  append(bytes: Uint8Array): number {
    return fs.writeSync(this.#fd, bytes);
  }

  truncate(size: number): Promise<void> {
    return ftruncateAsync(this.#fd, size);
  }

  sync(): Promise<void> {
    return fsyncAsync(this.#fd);
  }

  syncData(): Promise<void> {
    return fdatasyncAsync(this.#fd);
  }

  tryLock(mode: LockMode): boolean {
    // flock would convert a lock that this opening has, letting go of it in between.
    if (this.#isLocked) throw new Error(`Cannot lock "${this.path}": already locked`);
    if (this.#lock === null) throw new Error(`Cannot lock "${this.path}": not opened for it`);
    this.#isLocked = this.#lock.tryLock(mode);
    return this.#isLocked;
  }

  unlock(): void {
    if (!this.#isLocked) return;
    this.#isLocked = false;
    this.#lock?.unlock();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.unlock();
    this.#lock?.close();
    await closeAsync(this.#fd);
  }
}

type Done<T> = (error: Error | null, value?: T) => void;

// What node:util has for this takes longer to load than it is used for by a short command.
function promised<T = void>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    call((error, value) => error ? reject(error) : resolve(value as T))
  );
}
