/**
 * A file system in memory: for tests that look at a store ten thousand times.
 *
 * @module
 */

import { dirname } from "node:path";
import type {
  FileStat,
  FileSystem,
  LockMode,
  OpenFile,
  OpenOptions,
} from "../../lib/storage/file_system.ts";
import { diskError } from "./disk_error.ts";

interface Node {
  readonly identity: string;
  bytes: Uint8Array;
  size: number;
  readonly locks: Map<OpenFile, LockMode>;
}

const DIRECTORY: FileStat = {
  identity: "memory-directory",
  type: "directory",
  size: 0,
  modifiedMs: 0,
  createdMs: 0,
};

/** Files by absolute path. A directory exists once there is a file in it; none has to be made. */
export class MemoryFileSystem implements FileSystem {
  readonly #files = new Map<string, Node>();
  #nextInode = 1;

  /** Puts a new file in place of what has the name. */
  put(path: string, content: string | Uint8Array): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.#files.set(path, { ...this.#newNode(), bytes, size: bytes.length });
  }

  /** The content of a file. */
  get(path: string): Uint8Array {
    const { bytes, size } = this.#nodeAt(path);
    return bytes.subarray(0, size);
  }

  open(path: string, options: OpenOptions): Promise<OpenFile> {
    try {
      return Promise.resolve(this.#open(path, options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  stat(path: string): FileStat | null {
    const node = this.#files.get(path);
    if (node !== undefined) return statOf(node);
    const isDirectory = [...this.#files.keys()].some((file) => file.startsWith(`${path}/`));
    return isDirectory || path === "/" ? DIRECTORY : null;
  }

  statLink(path: string): FileStat | null {
    return this.stat(path);
  }

  realPath(path: string): Promise<string> {
    return Promise.resolve(path);
  }

  list(directory: string): Promise<string[]> {
    const names = [...this.#files.keys()].filter((path) => dirname(path) === directory);
    return Promise.resolve(names.map((path) => path.slice(directory.length + 1)).sort());
  }

  makeDirectory(): Promise<void> {
    return Promise.resolve();
  }

  rename(from: string, to: string): Promise<void> {
    this.#files.set(to, this.#nodeAt(from));
    this.#files.delete(from);
    return Promise.resolve();
  }

  link(from: string, to: string): Promise<void> {
    if (this.#files.has(to)) return Promise.reject(diskError("EEXIST"));
    this.#files.set(to, this.#nodeAt(from));
    return Promise.resolve();
  }

  unlink(path: string): Promise<void> {
    return this.#files.delete(path) ? Promise.resolve() : Promise.reject(diskError("ENOENT"));
  }

  syncDirectory(): Promise<void> {
    return Promise.resolve();
  }

  freeBytes(): Promise<number> {
    return Promise.resolve(Number.MAX_SAFE_INTEGER);
  }

  #open(path: string, { createExclusively = false }: OpenOptions): OpenFile {
    if (createExclusively) {
      if (this.#files.has(path)) throw diskError("EEXIST");
      this.#files.set(path, this.#newNode());
    }
    return new MemoryFile(path, this.#nodeAt(path));
  }

  #newNode(): Node {
    const identity = `memory-${this.#nextInode++}`;
    return { identity, bytes: new Uint8Array(0), size: 0, locks: new Map() };
  }

  #nodeAt(path: string): Node {
    const node = this.#files.get(path);
    if (node === undefined) throw diskError("ENOENT");
    return node;
  }
}

function statOf({ identity, size }: Node): FileStat {
  return { identity, type: "file", size, modifiedMs: 0, createdMs: 0 };
}

class MemoryFile implements OpenFile {
  readonly path: string;
  readonly #node: Node;

  constructor(path: string, node: Node) {
    this.path = path;
    this.#node = node;
  }

  stat(): FileStat {
    return statOf(this.#node);
  }

  read(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readNow(buffer, position));
  }

  readNow(buffer: Uint8Array, position: number): number {
    const { bytes, size } = this.#node;
    const part = bytes.subarray(Math.min(position, size), Math.min(position + buffer.length, size));
    buffer.set(part);
    return part.length;
  }

  append(bytes: Uint8Array): number {
    const node = this.#node;
    if (node.size + bytes.length > node.bytes.length) {
      const grown = new Uint8Array(2 * (node.size + bytes.length));
      grown.set(node.bytes.subarray(0, node.size));
      node.bytes = grown;
    }
    node.bytes.set(bytes, node.size);
    node.size += bytes.length;
    return bytes.length;
  }

  truncate(size: number): Promise<void> {
    this.#node.size = size;
    return Promise.resolve();
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  syncData(): Promise<void> {
    return Promise.resolve();
  }

  tryLock(mode: LockMode): boolean {
    const { locks } = this.#node;
    const isFree = [...locks.values()].every((held) => mode === "shared" && held === "shared");
    if (isFree) locks.set(this, mode);
    return isFree;
  }

  unlock(): void {
    this.#node.locks.delete(this);
  }

  close(): Promise<void> {
    this.unlock();
    return Promise.resolve();
  }
}
