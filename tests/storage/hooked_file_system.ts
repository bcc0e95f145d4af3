/**
 * A file system that writes down what is done to it, and fails on demand.
 *
 * @module
 */

import type {
  FileStat,
  FileSystem,
  LockMode,
  OpenFile,
  OpenOptions,
} from "../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { diskError } from "./disk_error.ts";

/** What can be done to a disk, as far as tests want to see it or make it fail. */
export type DiskOperation =
  | "open"
  | "create"
  | "append"
  | "truncate"
  | "sync"
  | "syncDirectory"
  | "makeDirectory"
  | "rename"
  | "link"
  | "unlink"
  | "close";

/** One call. */
export interface DiskCall {
  readonly operation: DiskOperation;
  /** The file; of a rename or a link, the new name. */
  readonly path: string;
  /** The bytes that an append was given, or the size that a file is cut to; else 0. */
  readonly size: number;
}

/** Sees each call before it is made, and may throw. For `append` it may say how much is taken. */
export type DiskHook = (call: DiskCall) => number | void | Promise<void>;

/** The machine's file system with a hook, and a list of calls that came to a good end. */
export class HookedFileSystem implements FileSystem {
  /** What was done, in the order in which it was done. */
  readonly calls: DiskCall[] = [];
  /** Called before each call. */
  hook: DiskHook = () => {};
  /** Called after each call that came to a good end. */
  onDone: (call: DiskCall) => void = () => {};
  /** What the file system says that is free; null for what the machine says. */
  free: number | null = null;
  readonly #inner: FileSystem;

  constructor(inner: FileSystem = nativeFileSystem) {
    this.#inner = inner;
  }

  /** How often an operation was done to files whose path ends so. */
  count(operation: DiskOperation, pathEnd = ""): number {
    return this.calls.filter((call) => call.operation === operation && call.path.endsWith(pathEnd))
      .length;
  }

  /** Writes down a call that came to a good end. */
  note(call: DiskCall): void {
    this.calls.push(call);
    this.onDone(call);
  }

  /** Makes a call through the hook. */
  async pass<T>(operation: DiskOperation, path: string, body: () => Promise<T>): Promise<T> {
    const call = { operation, path, size: 0 };
    await this.hook(call);
    const result = await body();
    this.note(call);
    return result;
  }

  async open(path: string, options: OpenOptions): Promise<OpenFile> {
    const operation = options.createExclusively ? "create" : "open";
    const file = await this.pass(operation, path, () => this.#inner.open(path, options));
    return new HookedFile(this, file);
  }

  stat(path: string): FileStat | null {
    return this.#inner.stat(path);
  }

  statLink(path: string): FileStat | null {
    return this.#inner.statLink(path);
  }

  realPath(path: string): Promise<string> {
    return this.#inner.realPath(path);
  }

  list(directory: string): Promise<string[]> {
    return this.#inner.list(directory);
  }

  makeDirectory(path: string): Promise<void> {
    return this.pass("makeDirectory", path, () => this.#inner.makeDirectory(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.pass("rename", to, () => this.#inner.rename(from, to));
  }

  link(from: string, to: string): Promise<void> {
    return this.pass("link", to, () => this.#inner.link(from, to));
  }

  unlink(path: string): Promise<void> {
    return this.pass("unlink", path, () => this.#inner.unlink(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.pass("syncDirectory", path, () => this.#inner.syncDirectory(path));
  }

  freeBytes(path: string): Promise<number> {
    return this.free === null ? this.#inner.freeBytes(path) : Promise.resolve(this.free);
  }
}

class HookedFile implements OpenFile {
  readonly #disk: HookedFileSystem;
  readonly #file: OpenFile;

  constructor(disk: HookedFileSystem, file: OpenFile) {
    this.#disk = disk;
    this.#file = file;
  }

  get path(): string {
    return this.#file.path;
  }

  stat(): FileStat {
    return this.#file.stat();
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    return this.#file.read(buffer, position);
  }

  readNow(buffer: Uint8Array, position: number): number {
    return this.#file.readNow(buffer, position);
  }

  append(bytes: Uint8Array): number {
    const call: DiskCall = { operation: "append", path: this.path, size: bytes.length };
    const limit = this.#disk.hook(call);
    const taken = typeof limit === "number" ? bytes.subarray(0, limit) : bytes;
    const count = taken.length === 0 ? 0 : this.#file.append(taken);
    this.#disk.note({ ...call, size: count });
    return count;
  }

  async truncate(size: number): Promise<void> {
    const call: DiskCall = { operation: "truncate", path: this.path, size };
    await this.#disk.hook(call);
    await this.#file.truncate(size);
    this.#disk.note(call);
  }

  sync(): Promise<void> {
    return this.#disk.pass("sync", this.path, () => this.#file.sync());
  }

  syncData(): Promise<void> {
    return this.#disk.pass("sync", this.path, () => this.#file.syncData());
  }

  tryLock(mode: LockMode): boolean {
    return this.#file.tryLock(mode);
  }

  unlock(): void {
    this.#file.unlock();
  }

  close(): Promise<void> {
    return this.#disk.pass("close", this.path, () => this.#file.close());
  }
}

/** A hook that fails the calls for which `isMeant` says so. */
export function failing(
  code: string,
  isMeant: (call: DiskCall) => boolean,
): DiskHook {
  return (call) => {
    if (isMeant(call)) throw diskError(code);
  };
}
