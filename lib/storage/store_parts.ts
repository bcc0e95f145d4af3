/**
 * The files that a store consists of, as its directory shows them.
 *
 * @module
 */

import { join } from "node:path";
import type { FileStat, FileSystem } from "./file_system.ts";
import { comparePartNames, parsePartName, type PartName } from "./part_names.ts";
import type { StorePaths } from "./store_paths.ts";

/** One file of a store. */
export interface FoundPart extends PartName {
  /** Where it is. */
  readonly path: string;
  /** What the file system says of it. */
  readonly stat: FileStat;
}

// Whoever moves files for longer than that does nothing else.
const LOOKS_MAX = 100;

/** Lists a store's files in order, the oldest first. Links and directories are none of them. */
export async function listParts(fileSystem: FileSystem, paths: StorePaths): Promise<FoundPart[]> {
  let { parts, isMovable } = await look(fileSystem, paths);
  for (let looks = 2; isMovable && looks <= LOOKS_MAX; looks++) {
    const again = await look(fileSystem, paths);
    if (isSame(parts, again.parts)) break;
    ({ parts, isMovable } = again);
  }
  return parts.sort(comparePartNames);
}

interface Look {
  readonly parts: FoundPart[];
  // Rotated files are moved by tools that know no lock, one after the other, perhaps during the look.
  readonly isMovable: boolean;
}

async function look(fileSystem: FileSystem, { directory, name }: StorePaths): Promise<Look> {
  const parts: FoundPart[] = [];
  let isMovable = false;
  for (const found of (await fileSystem.list(directory)).map((each) => parsePartName(name, each))) {
    if (found === null) continue;
    if (found.role === "rotated") isMovable = true;
    const path = join(directory, found.name);
    const stat = fileSystem.statLink(path);
    if (stat?.type === "file") parts.push({ ...found, path, stat });
  }
  return { parts, isMovable };
}

function isSame(some: readonly FoundPart[], others: readonly FoundPart[]): boolean {
  return some.length === others.length && some.every(({ name, stat }, index) => {
    const other = others[index]!;
    return name === other.name && stat.identity === other.stat.identity;
  });
}

/** Whether a store has files beside the active one, told by the first that is found. */
export async function hasSealedParts(
  fileSystem: FileSystem,
  { directory, name }: StorePaths,
): Promise<boolean> {
  return (await fileSystem.list(directory)).some((each) => {
    const role = parsePartName(name, each)?.role ?? "active";
    return role !== "active" && fileSystem.statLink(join(directory, each))?.type === "file";
  });
}

/** The path by which a store names this file now, `likely` first; null where it does no more. */
export async function pathOfPart(
  fileSystem: FileSystem,
  paths: StorePaths,
  identity: string,
  likely: string = paths.active,
): Promise<string | null> {
  for (const path of [likely, paths.active]) {
    if (fileSystem.statLink(path)?.identity === identity) return path;
  }
  const parts = await listParts(fileSystem, paths);
  return parts.findLast(({ stat }) => stat.identity === identity)?.path ?? null;
}
