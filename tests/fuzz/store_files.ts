/**
 * The files of a store by what stands behind its name: none for the active file.
 *
 * @module
 */

import type { MemoryFileSystem } from "../storage/memory_file_system.ts";

/** Where the store is. */
export const STORE_PATH = "/data/events.ndjson";

/** The content of each file by its suffix. */
export type StoreFiles = Readonly<Record<string, Uint8Array>>;

/** One file of a store. */
export interface StoreFile {
  /** Where it is. */
  readonly path: string;
  /** What it holds. */
  readonly bytes: Uint8Array;
}

const ROTATED = /^\.[1-9]\d{0,5}$/;
const SEALED = /^\.\d{16}$/;
const DIRECTORY = "/data";

/** A store of nothing but an active file. */
export function activeFile(bytes: Uint8Array): StoreFiles {
  return { "": bytes };
}

/** The files in the order of the store, the oldest first. */
export function filesInOrder(files: StoreFiles): StoreFile[] {
  const rotated = Object.keys(files).filter((suffix) => ROTATED.test(suffix));
  const sealed = Object.keys(files).filter((suffix) => SEALED.test(suffix));
  const active = Object.keys(files).filter((suffix) => suffix === "");
  // The original gives a file a higher number with each rotation.
  rotated.sort((one, other) => Number(other.slice(1)) - Number(one.slice(1)));
  return [...rotated, ...sealed.sort(), ...active]
    .map((suffix) => ({ path: STORE_PATH + suffix, bytes: files[suffix]! }));
}

/** The content of the file at a path; nothing where there is none. */
export function bytesAt(files: StoreFiles, path: string): Uint8Array {
  return files[path.slice(STORE_PATH.length)] ?? new Uint8Array(0);
}

/** The files on a disk. */
export async function filesOn(disk: MemoryFileSystem): Promise<StoreFiles> {
  const names = (await disk.list(DIRECTORY)).map((name) => `${DIRECTORY}/${name}`);
  const suffixes = names.filter((path) => path.startsWith(STORE_PATH))
    .map((path) => path.slice(STORE_PATH.length))
    .filter((suffix) => suffix === "" || ROTATED.test(suffix) || SEALED.test(suffix));
  return Object.fromEntries(
    suffixes.map((suffix) => [suffix, disk.get(STORE_PATH + suffix).slice()]),
  );
}

/** Puts files onto a disk. */
export function putFiles(disk: MemoryFileSystem, files: StoreFiles): void {
  for (const [suffix, bytes] of Object.entries(files)) disk.put(STORE_PATH + suffix, bytes);
}
