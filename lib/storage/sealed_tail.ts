/**
 * What the sealed files of a store say about the numbers that were given, where another file does not.
 *
 * @module
 */

import type { FileSystem } from "./file_system.ts";
import { listParts } from "./store_parts.ts";
import type { StorePaths } from "./store_paths.ts";
import { readFirstSeq, readTail, type Tail } from "./tail.ts";
import { openIfThere } from "./whole_file.ts";

/** What the files before the active one tell of the numbers that were given. */
export interface SealedSeqs {
  /** The largest that lines show, damaged ones counted; 0 where there is none. */
  readonly shown: number;
  /** The largest that the name of a segment tells which shows none, behind all that do; else 0. */
  readonly named: number;
}

/** Looks at the files of a store before the active one, from the last on, for the largest number. */
export async function lastSealedSeqs(
  fileSystem: FileSystem,
  paths: StorePaths,
): Promise<SealedSeqs> {
  const parts = await listParts(fileSystem, paths);
  let damaged = 0;
  let named = 0;
  for (const { path, role, number } of parts.toReversed()) {
    if (role === "active") continue;
    const tail = await tailOf(fileSystem, path);
    if (tail === null) continue;
    if (tail.hasNumber) return { shown: tail.lastSeq + damaged, named };
    // Damaged lines may have been records, and every record has a number.
    damaged += tail.lastSeq;
    if (role === "sealed") named = Math.max(named, number);
  }
  return { shown: damaged, named };
}

/** The first sequence number behind one of the store's files; Infinity where that file is the last. */
export async function firstSeqBehind(
  fileSystem: FileSystem,
  paths: StorePaths,
  path: string,
): Promise<number> {
  const parts = await listParts(fileSystem, paths);
  const index = parts.findIndex((part) => part.path === path);
  for (const part of parts.slice(index + 1)) {
    const firstSeq = part.role === "sealed" ? part.number : await firstSeqOf(fileSystem, part.path);
    if (firstSeq !== null) return firstSeq;
  }
  return Infinity;
}

async function firstSeqOf(fileSystem: FileSystem, path: string): Promise<number | null> {
  const file = await openIfThere(fileSystem, path);
  if (file === null) return null;
  try {
    return await readFirstSeq(file, file.stat().size);
  } finally {
    await file.close();
  }
}

async function tailOf(fileSystem: FileSystem, path: string): Promise<Tail | null> {
  const file = await openIfThere(fileSystem, path);
  // Retention removed it meanwhile, and whoever did has seen to the numbers.
  if (file === null) return null;
  try {
    return await readTail(file, file.stat().size);
  } finally {
    await file.close();
  }
}
