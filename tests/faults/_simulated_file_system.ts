/** A process's view of a simulated disk, in which any operation can be made to fail or to be the last. */

import { dirname, resolve } from "node:path";
import type {
  FileStat,
  FileSystem,
  LockMode,
  OpenFile,
  OpenOptions,
} from "../../lib/storage/file_system.ts";
import { osError, type SimulatedDisk } from "./_simulated_disk.ts";
import type { SimulatedInode } from "./_simulated_inode.ts";

/** One call of the port. */
export interface Operation {
  /** Which one of this process's calls it is, from 0. */
  readonly index: number;
  /** The method's name. */
  readonly name: string;
  /** What it is about. */
  readonly path: string;
}

/** What befalls an operation. */
export type Fate =
  /** It is carried out. */
  | "happens"
  /** It fails with this code, having done nothing; of a write, the half may be done by then. */
  | { readonly code: string; readonly isTorn?: boolean }
  /** A write takes only half of what it is given. */
  | "short";

/** Decides what befalls each operation; it may throw, to stop the process there. */
export type Fates = (operation: Operation) => Fate;

/** Thrown by every operation of a process whose power was cut. */
export class PowerCut extends Error {
  override readonly name = "PowerCut";
}

/** A file system on a simulated disk. */
export class SimulatedFileSystem implements FileSystem {
  readonly disk: SimulatedDisk;
  /** How many operations there were. */
  operations = 0;
  /** The files that are open. */
  readonly openFiles = new Set<SimulatedFile>();
  readonly #fates: Fates;

  constructor(disk: SimulatedDisk, fates: Fates = () => "happens") {
    this.disk = disk;
    this.#fates = fates;
  }

  /** Asks what befalls an operation; throws its failure. */
  befall(name: string, path: string): void {
    const fate = this.fateOf(name, path);
    if (typeof fate === "object") throw osError(fate.code, path);
  }

  /** Asks what befalls an operation. */
  fateOf(name: string, path: string): Fate {
    return this.#fates({ index: this.operations++, name, path });
  }

  async open(path: string, options: OpenOptions): Promise<OpenFile> {
    await Promise.resolve();
    this.befall(options.createExclusively ? "create" : "open", path);
    if (this.disk.isDirectory(path)) throw osError("EISDIR", path);
    const inode = options.createExclusively ? this.disk.create(path) : this.disk.find(path);
    if (inode === null) throw osError("ENOENT", path);
    const file = new SimulatedFile(this, path, inode);
    this.openFiles.add(file);
    return file;
  }

  stat(path: string): FileStat | null {
    this.befall("stat", path);
    if (this.disk.isDirectory(path)) return directoryStat(path, this.disk.changesIn(path));
    const inode = this.disk.find(path);
    return inode && fileStat(inode);
  }

  statLink(path: string): FileStat | null {
    return this.stat(path);
  }

  async realPath(path: string): Promise<string> {
    await Promise.resolve();
    this.befall("realPath", path);
    const real = resolve("/", path);
    if (!this.disk.isDirectory(real) && this.disk.find(real) === null) {
      throw osError("ENOENT", path);
    }
    return real;
  }

  async list(directory: string): Promise<string[]> {
    await Promise.resolve();
    this.befall("list", directory);
    return this.disk.list(directory);
  }

  async makeDirectory(path: string): Promise<void> {
    await Promise.resolve();
    this.befall("makeDirectory", path);
    this.disk.makeDirectory(path);
  }

  async rename(from: string, to: string): Promise<void> {
    await Promise.resolve();
    this.befall("rename", to);
    this.disk.rename(from, to);
  }

  async link(from: string, to: string): Promise<void> {
    await Promise.resolve();
    this.befall("link", to);
    this.disk.link(from, to);
  }

  async unlink(path: string): Promise<void> {
    await Promise.resolve();
    this.befall("unlink", path);
    this.disk.unlink(path);
  }

  async syncDirectory(path: string): Promise<void> {
    await Promise.resolve();
    this.befall("syncDirectory", path);
    this.disk.syncDirectory(path);
  }

  async freeBytes(path: string): Promise<number> {
    await Promise.resolve();
    this.befall("freeBytes", dirname(path));
    return this.disk.freeBytes;
  }

  /** The process dies: its locks go with it. */
  die(): void {
    for (const file of this.openFiles) file.release();
    this.openFiles.clear();
  }
}

class SimulatedFile implements OpenFile {
  readonly path: string;
  readonly #fileSystem: SimulatedFileSystem;
  readonly #inode: SimulatedInode;

  constructor(fileSystem: SimulatedFileSystem, path: string, inode: SimulatedInode) {
    this.path = path;
    this.#fileSystem = fileSystem;
    this.#inode = inode;
  }

  stat(): FileStat {
    this.#fileSystem.befall("file.stat", this.path);
    return fileStat(this.#inode);
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    await Promise.resolve();
    return this.readNow(buffer, position);
  }

  readNow(buffer: Uint8Array, position: number): number {
    this.#fileSystem.befall("read", this.path);
    const bytes = this.#inode.content.subarray(position, position + buffer.length);
    buffer.set(bytes);
    return bytes.length;
  }

  append(bytes: Uint8Array): number {
    const fate = this.#fileSystem.fateOf("append", this.path);
    const failure = typeof fate === "object" ? fate : null;
    if (failure !== null && !failure.isTorn) throw osError(failure.code, this.path);
    const { disk } = this.#fileSystem;
    disk.noteChange(this.#inode);
    const room = Math.min(bytes.length, disk.freeBytes);
    if (room === 0 && bytes.length > 0) throw osError("ENOSPC", this.path);
    const count = fate === "happens" ? room : Math.ceil(room / 2);
    this.#inode.append(bytes.subarray(0, count));
    disk.freeBytes -= count;
    // As some runtimes do: what was written is not told.
    if (failure !== null) throw osError(failure.code, this.path);
    return count;
  }

  async truncate(size: number): Promise<void> {
    await Promise.resolve();
    this.#fileSystem.befall("truncate", this.path);
    this.#fileSystem.disk.noteChange(this.#inode);
    this.#inode.truncate(size);
  }

  async sync(): Promise<void> {
    await Promise.resolve();
    this.#fileSystem.befall("sync", this.path);
    this.#inode.sync();
  }

  async syncData(): Promise<void> {
    await Promise.resolve();
    this.#fileSystem.befall("syncData", this.path);
    this.#inode.sync();
  }

  tryLock(mode: LockMode): boolean {
    this.#fileSystem.befall("tryLock", this.path);
    const { locks } = this.#inode;
    // As on the machine, where it would let go of the lock in between.
    if (locks.has(this)) throw new Error(`Cannot lock "${this.path}": already locked`);
    const others = [...locks].filter(([holder]) => holder !== this).map(([, held]) => held);
    const isFree = mode === "shared" ? !others.includes("exclusive") : others.length === 0;
    if (isFree) locks.set(this, mode);
    return isFree;
  }

  unlock(): void {
    this.release();
  }

  async close(): Promise<void> {
    await Promise.resolve();
    this.release();
    this.#fileSystem.openFiles.delete(this);
  }

  /** Lets go of the lock, as the kernel does for the dead too. */
  release(): void {
    this.#inode.locks.delete(this);
  }
}

function fileStat(inode: SimulatedInode): FileStat {
  return {
    identity: `1-${inode.number}-${inode.bornMs}`,
    type: "file",
    size: inode.content.length,
    modifiedMs: 0,
    createdMs: 0,
  };
}

function directoryStat(path: string, modifiedMs: number): FileStat {
  return { identity: `1-${path}-0`, type: "directory", size: 0, modifiedMs, createdMs: 0 };
}
