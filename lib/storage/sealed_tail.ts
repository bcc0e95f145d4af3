/**
 * What the sealed files of a store say about the numbers that were given, where another file does not.
 *
 * @module
 */

import type { FileIdentity, FileSystem } from "./file_system.ts";
import { contentOf, openPart } from "./open_part.ts";
import { pollUntil } from "./polling.ts";
import { type FoundPart, listParts } from "./store_parts.ts";
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

/**
 * Looks at the files of a store before the one of this identity, from the last on, for the largest
 * number. Waits for those who are still writing to them.
 */
export async function lastSealedSeqs(
  fileSystem: FileSystem,
  paths: StorePaths,
  identity: FileIdentity,
): Promise<SealedSeqs> {
  for (;;) {
    const parts = await listParts(fileSystem, paths);
    // It may have been moved away since it was locked: those behind it wait for it in their turn.
    const own = parts.findIndex(({ stat }) => stat.identity === identity);
    const before = parts.slice(0, own === -1 ? undefined : own);
    const seqs = await lastSeqsOf(fileSystem, before.filter(({ role }) => role !== "active"));
    if (seqs !== null) return seqs;
  }
}

/** Null where one of them is not what it was. */
async function lastSeqsOf(
  fileSystem: FileSystem,
  parts: readonly FoundPart[],
): Promise<SealedSeqs | null> {
  let shown: number | null = null;
  let damaged = 0;
  let named = 0;
  for (const part of parts.toReversed()) {
    const tail = await tailOf(fileSystem, part);
    if (tail === null) return null;
    if (tail.hasNumber) {
      shown = Math.max(shown ?? 0, tail.lastSeq + damaged);
      // One with smaller numbers than its name tells is an old one with another's name.
      if (part.role !== "sealed" || tail.lastSeq >= part.number) return { shown, named };
      continue;
    }
    if (shown !== null) continue;
    // Damaged lines may have been records, and every record has a number.
    damaged += tail.lastSeq;
    if (part.role === "sealed") named = Math.max(named, part.number);
  }
  return { shown: shown ?? damaged, named };
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
    const firstSeq = part.role === "sealed" ? part.number : await firstSeqOf(fileSystem, part);
    if (firstSeq !== null) return firstSeq;
  }
  return Infinity;
}

async function firstSeqOf(fileSystem: FileSystem, part: FoundPart): Promise<number | null> {
  const file = await openPart(fileSystem, part);
  if (file === null) return null;
  try {
    return await readFirstSeq(file, file.stat().size);
  } finally {
    await file.close();
  }
}

async function tailOf(
  fileSystem: FileSystem,
  { path, stat, compression }: FoundPart,
): Promise<Tail | null> {
  const file = await openIfThere(fileSystem, path, true);
  // Retention removed it meanwhile, or another program moved it.
  if (file?.stat().identity !== stat.identity) {
    await file?.close();
    return null;
  }
  try {
    // Where another program has just moved it, a writer may be in the middle of its last batch.
    await pollUntil(() => file.tryLock("shared"));
    const content = await contentOf(file, compression);
    return await readTail(content, content.stat().size);
  } finally {
    await file.close();
  }
}
