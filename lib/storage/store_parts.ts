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

/** Lists a store's files in order, the oldest first. Links and directories are none of them. */
export async function listParts(
  fileSystem: FileSystem,
  { directory, name }: StorePaths,
): Promise<FoundPart[]> {
  const parts: FoundPart[] = [];
  for (const found of (await fileSystem.list(directory)).map((each) => parsePartName(name, each))) {
    if (found === null) continue;
    const path = join(directory, found.name);
    const stat = fileSystem.statLink(path);
    if (stat?.type === "file") parts.push({ ...found, path, stat });
  }
  return parts.sort(comparePartNames);
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
