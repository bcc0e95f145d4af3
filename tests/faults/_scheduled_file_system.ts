/**
 * A simulated process's view of a simulated disk, in which every call waits for the scheduler.
 *
 * Each process sees the disk under a root of its own, `/RUN/NAME/data` for `/data`: what the code keeps for
 * each path within a process, such as its queue of callers, is not shared between processes then.
 */

import type {
  FileStat,
  FileSystem,
  LockMode,
  OpenFile,
  OpenOptions,
} from "../../lib/storage/file_system.ts";
import type { PartialWrites } from "./_partial_writes.ts";
import type { Random } from "../_random.ts";
import type { Process, Scheduler } from "./_scheduler.ts";
import { osError, type SimulatedDisk } from "./_simulated_disk.ts";
import { SimulatedFileSystem } from "./_simulated_file_system.ts";

/** What is broken on purpose, to see that it is found. */
export type Lie = "lock" | "identity" | "sync" | "syncDirectory";

/** When a process is killed. */
export interface Death {
  /** At which of its calls. */
  readonly atCall: number;
  /** Whether it waits for a write, which is torn then. */
  readonly inWrite: boolean;
}

/** When a process's disk fails: once, in a write to the store's active file or in a sync of it. */
export interface DiskFailure {
  /** At the first such call from this one on. */
  readonly atCall: number;
  /** The active file. */
  readonly path: string;
}

/** One call. */
export interface Call {
  /** Who makes it. */
  readonly process: string;
  /** The method's name. */
  readonly name: string;
  /** What it is about, on the disk. */
  readonly path: string;
}

/** What a process is given. */
export interface ProcessOptions {
  /** The name of the run, which no other run has. */
  readonly run: string;
  readonly disk: SimulatedDisk;
  readonly scheduler: Scheduler;
  readonly process: Process;
  readonly random: Random;
  readonly partialWrites: PartialWrites;
  /** When the process is killed; null for never. */
  readonly death: Death | null;
  /** When its disk fails; null for never. */
  readonly failure: DiskFailure | null;
  readonly lie: Lie | null;
  /** Told of each call. */
  onCall(call: Call): void;
  /** Told that a write was torn. */
  onTorn(): void;
  /** Told of what no program may do. */
  onMisuse(what: string): void;
  /** Told that the process was killed. */
  onDeath(): void;
}

/** Thrown by what a dead process still does in its last moment; it has no effect. */
class Killed extends Error {
  override readonly name = "Killed";
}

/** The file system of one process. */
export class ScheduledFileSystem implements FileSystem {
  readonly #options: ProcessOptions;
  readonly #inner: SimulatedFileSystem;
  readonly #root: string;
  readonly #identities = new Map<string, string>();
  #calls = 0;
  #hasFailed = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#inner = new SimulatedFileSystem(options.disk);
    this.#root = `/${options.run}/${options.process.name}`;
  }

  /** The path under which the process sees `path`. */
  pathOf(path: string): string {
    return this.#root + path;
  }

  async open(path: string, options: OpenOptions): Promise<OpenFile> {
    const name = options.createExclusively ? "create" : "open";
    const file = await this.call(name, path, () => this.#inner.open(this.#real(path), options));
    return new ScheduledFile(this, file, path, this.#options);
  }

  stat(path: string): FileStat | null {
    const stat = this.callNow("stat", path, () => this.#inner.stat(this.#real(path)));
    return stat &&
      this.#asTold(path, this.#options.partialWrites.seenBy(this.#options.process, stat));
  }

  // What stands at a path is taken for what stood there at first.
  #asTold(path: string, stat: FileStat): FileStat {
    if (this.#options.lie !== "identity") return stat;
    const identity = this.#identities.get(path) ?? stat.identity;
    this.#identities.set(path, identity);
    return { ...stat, identity };
  }

  statLink(path: string): FileStat | null {
    return this.stat(path);
  }

  async realPath(path: string): Promise<string> {
    const real = await this.call("realPath", path, () => this.#inner.realPath(this.#real(path)));
    return this.pathOf(real);
  }

  list(directory: string): Promise<string[]> {
    return this.call("list", directory, () => this.#inner.list(this.#real(directory)));
  }

  makeDirectory(path: string): Promise<void> {
    return this.call("makeDirectory", path, () => this.#inner.makeDirectory(this.#real(path)));
  }

  rename(from: string, to: string): Promise<void> {
    return this.call("rename", to, () => this.#inner.rename(this.#real(from), this.#real(to)));
  }

  link(from: string, to: string): Promise<void> {
    return this.call("link", to, () => this.#inner.link(this.#real(from), this.#real(to)));
  }

  unlink(path: string): Promise<void> {
    return this.call("unlink", path, () => this.#inner.unlink(this.#real(path)));
  }

  syncDirectory(path: string): Promise<void> {
    return this.call("syncDirectory", path, async () => {
      if (this.#options.lie !== "syncDirectory") {
        await this.#inner.syncDirectory(this.#real(path));
      }
    });
  }

  freeBytes(path: string): Promise<number> {
    return this.call("freeBytes", path, () => this.#inner.freeBytes(this.#real(path)));
  }

  /** Makes a call when it is the process's turn. It may take until another turn to return. */
  async call<T>(name: string, path: string, body: () => Promise<T>): Promise<T> {
    const { scheduler, process, random } = this.#options;
    await scheduler.turn(process);
    this.#count(name, path);
    try {
      return await body();
    } finally {
      if (random.below(3) === 0) await scheduler.turn(process);
    }
  }

  /** Makes a call that nothing can come between. */
  callNow<T>(name: string, path: string, body: () => T): T {
    this.#count(name, path);
    return body();
  }

  /** The process is killed: its locks go with it. */
  die(): void {
    const { scheduler, partialWrites, process } = this.#options;
    scheduler.kill(process);
    partialWrites.show(process);
    this.#inner.die();
    this.#options.onDeath();
  }

  /** Whether the process dies in the call that it makes. */
  get isLastCall(): boolean {
    return this.#calls >= (this.#options.death?.atCall ?? Infinity);
  }

  /** Whether this is the call in which the disk fails. */
  fails(path: string): boolean {
    const { failure } = this.#options;
    if (failure === null || this.#hasFailed) return false;
    this.#hasFailed = this.#calls >= failure.atCall && this.#real(path) === failure.path;
    return this.#hasFailed;
  }

  #count(name: string, path: string): void {
    const { process, partialWrites, death, onCall } = this.#options;
    if (!process.isAlive) throw new Killed();
    partialWrites.show(process);
    this.#calls++;
    onCall({ process: process.name, name, path: this.#real(path) });
    if (!this.isLastCall || death!.inWrite || name === "append") return;
    this.die();
    throw new Killed();
  }

  #real(path: string): string {
    return path.slice(this.#root.length) || "/";
  }
}

class ScheduledFile implements OpenFile {
  readonly path: string;
  readonly #fileSystem: ScheduledFileSystem;
  readonly #file: OpenFile;
  readonly #options: ProcessOptions;
  #syncs = 0;

  constructor(
    fileSystem: ScheduledFileSystem,
    file: OpenFile,
    path: string,
    options: ProcessOptions,
  ) {
    this.path = path;
    this.#fileSystem = fileSystem;
    this.#file = file;
    this.#options = options;
  }

  stat(): FileStat {
    const isLie = this.#options.lie === "identity";
    const named = isLie ? this.#fileSystem.stat(this.path) : null;
    const stat = this.#fileSystem.callNow("file.stat", this.path, () => this.#seen());
    return named === null ? stat : { ...stat, identity: named.identity };
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    const body = () => this.#file.read(this.#visiblePart(buffer, position), position);
    return this.#fileSystem.call("read", this.path, body);
  }

  readNow(buffer: Uint8Array, position: number): number {
    const body = () => this.#file.readNow(this.#visiblePart(buffer, position), position);
    return this.#fileSystem.callNow("read", this.path, body);
  }

  append(bytes: Uint8Array): number {
    return this.#fileSystem.callNow("append", this.path, () => {
      if (this.#fileSystem.isLastCall) return this.#dieIn(bytes);
      if (!this.#fileSystem.fails(this.path)) return this.#appendBitByBit(bytes);
      this.#appendSome(bytes);
      throw osError("ENOSPC", this.path);
    });
  }

  truncate(size: number): Promise<void> {
    return this.#fileSystem.call("truncate", this.path, () => this.#file.truncate(size));
  }

  sync(): Promise<void> {
    return this.#sync("sync", () => this.#file.sync());
  }

  syncData(): Promise<void> {
    return this.#sync("syncData", () => this.#file.syncData());
  }

  tryLock(mode: LockMode): boolean {
    return this.#fileSystem.callNow("tryLock", this.path, () => {
      const isLocked = this.#file.tryLock(mode);
      return isLocked || this.#options.lie === "lock";
    });
  }

  unlock(): void {
    this.#fileSystem.callNow("unlock", this.path, () => this.#file.unlock());
  }

  close(): Promise<void> {
    // Its descriptor may be another file's by the time that the sync is made.
    if (this.#syncs > 0) this.#options.onMisuse(`closes ${this.path} while it is being synced`);
    return this.#fileSystem.call("close", this.path, () => this.#file.close());
  }

  async #sync(name: string, body: () => Promise<void>): Promise<void> {
    this.#syncs++;
    try {
      await this.#fileSystem.call(name, this.path, async () => {
        if (this.#fileSystem.fails(this.path)) throw osError("EIO", this.path);
        if (this.#options.lie !== "sync") await body();
      });
    } finally {
      this.#syncs--;
    }
  }

  #dieIn(bytes: Uint8Array): never {
    this.#appendSome(bytes);
    this.#fileSystem.die();
    throw new Killed();
  }

  #appendSome(bytes: Uint8Array): void {
    const { death, random, onTorn } = this.#options;
    this.#file.append(bytes.subarray(0, random.below(bytes.length + 1)));
    // Whoever is killed before cutting that back leaves it there.
    if (death !== null) onTorn();
  }

  #seen(): FileStat {
    return this.#options.partialWrites.seenBy(this.#options.process, this.#file.stat());
  }

  #visiblePart(buffer: Uint8Array, position: number): Uint8Array {
    return buffer.subarray(0, Math.max(0, this.#seen().size - position));
  }

  #appendBitByBit(bytes: Uint8Array): number {
    const { identity, size } = this.#file.stat();
    const count = this.#file.append(bytes);
    const { partialWrites, process, random } = this.#options;
    if (random.below(2) === 0) {
      partialWrites.hide(identity, process, size + random.below(count + 1));
    }
    return count;
  }
}
