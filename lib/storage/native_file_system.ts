/**
 * The machine's own file system, through `node:fs`, which Deno, Bun and Node share.
 *
 * @module
 */

import * as fs from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { type Flock, openFlock } from "./_flock.ts";
import { giveToOwnerOf, makeLike } from "./_native_ownership.ts";
import type { FileStat, FileSystem, LockMode, OpenFile, OpenOptions } from "./file_system.ts";

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const LOCK_OPEN_ATTEMPTS_MAX = 100;
// A missing file is an ordinary answer: an exception for it would cost more than the call.
const STAT_OPTIONS = { bigint: true, throwIfNoEntry: false } as const;

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = fs.constants;

const openAsync = promisify(fs.open);
const closeAsync = promisify(fs.close);
const readAsync = promisify(
  (
    fd: number,
    buffer: Uint8Array,
    position: number,
    done: (error: Error | null, bytesRead: number) => void,
  ) => fs.read(fd, buffer, 0, buffer.length, position, done),
);
const ftruncateAsync = promisify(fs.ftruncate);
const fsyncAsync = promisify(fs.fsync);
const fdatasyncAsync = promisify(fs.fdatasync);

/** The machine's file system. */
export const nativeFileSystem: FileSystem = {
  open: openNative,
  stat: (path) => statOrNull(() => fs.statSync(path, STAT_OPTIONS)),
  statLink: (path) => statOrNull(() => fs.lstatSync(path, STAT_OPTIONS)),
  realPath: (path) => fs.promises.realpath(path),
  list: listNative,
  makeDirectory: makeDirectoryNative,
  rename: (from, to) => fs.promises.rename(from, to),
  link: (from, to) => fs.promises.link(from, to),
  unlink: (path) => fs.promises.unlink(path),
  syncDirectory: syncDirectoryNative,
  freeBytes: async (path) => {
    const { bavail, bsize } = await fs.promises.statfs(path);
    return Number(bavail) * Number(bsize);
  },
};

async function openNative(path: string, options: OpenOptions): Promise<OpenFile> {
  // Paths are resolved before they come here: a link at the end was planted since.
  const flags = (options.access === "read" ? O_RDONLY : O_RDWR | O_APPEND) | O_NOFOLLOW |
    (options.createExclusively ? O_CREAT | O_EXCL : 0);
  for (let attempt = 1;; attempt++) {
    const fd = await openAsync(path, flags, FILE_MODE);
    if (options.createExclusively) setOwner(path, fd, options.like);
    if (!options.lockable) return new NativeFile(path, fd, null);
    const lock = openLockOfSameFile(path, fd, attempt);
    if (lock !== null) return new NativeFile(path, fd, lock);
    await closeAsync(fd);
  }
}

function setOwner(path: string, fd: number, like: string | undefined): void {
  try {
    if (like === undefined) giveToOwnerOf(dirname(path), fd);
    else makeLike(like, fd);
  } catch (error) {
    fs.closeSync(fd);
    fs.unlinkSync(path);
    throw error;
  }
}

// Where the lock needs an opening of its own, `path` may have been replaced in between.
function openLockOfSameFile(path: string, fd: number, attempt: number): Flock | null {
  const { dev, ino } = fs.fstatSync(fd, { bigint: true });
  const inode = `${dev}-${ino}`;
  try {
    const lock = openFlock(path, fd, inode);
    if (lock.inode === inode) return lock;
    lock.close();
  } catch (error) {
    if (attempt >= LOCK_OPEN_ATTEMPTS_MAX || !isMissing(error)) {
      fs.closeSync(fd);
      throw error;
    }
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
    await fs.promises.mkdir(path, { mode: DIRECTORY_MODE });
    await giveDirectory(path, like);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
    // One look: what another made may be removed, and made again, between two.
    const found = statOrNull(() => fs.lstatSync(path, STAT_OPTIONS));
    if (found === null) return await makeDirectoryNative(path, like);
    const isThere = found.type === "directory" || (found.type === "link" && isDirectory(path));
    if (!isThere) throw notADirectory(path, error);
  }
  await syncDirectoryNative(parent);
}

function isDirectory(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

async function giveDirectory(path: string, like: string): Promise<void> {
  const fd = await openAsync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch((error) => {
    // It may be removed as soon as it is there.
    if (!isMissing(error)) throw error;
  });
  if (fd === undefined) return;
  try {
    giveToOwnerOf(like, fd);
  } finally {
    await closeAsync(fd);
  }
}

// mkdir says only that the name is taken.
function notADirectory(path: string, cause: unknown): Error {
  const error = new Error(`ENOTDIR: not a directory, mkdir '${path}'`, { cause });
  return Object.assign(error, { code: "ENOTDIR", path });
}

async function syncDirectoryNative(path: string): Promise<void> {
  const fd = await openAsync(path, O_RDONLY);
  try {
    await fsyncAsync(fd);
  } finally {
    await closeAsync(fd);
  }
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
    return toStat(fs.fstatSync(this.#fd, { bigint: true }));
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
