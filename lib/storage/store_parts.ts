/**
 * The files that a store consists of, as its directory shows them.
 *
 * @module
 */

import { join } from "node:path";
import type { FileStat, FileSystem } from "./file_system.ts";
import { comparePartNames, isSameSegment, parsePartName, type PartName } from "./part_names.ts";
import type { StorePaths } from "./store_paths.ts";
import { isForEverybody, isOfStranger } from "./strangers.ts";

/** One file of a store. */
export interface FoundPart extends PartName {
  /** Where it is. */
  readonly path: string;
  /** What the file system says of it. */
  readonly stat: FileStat;
}

// Whoever moves files for longer than that does nothing else.
const LOOKS_MAX = 100;

/** How to list files. */
export interface ListOptions {
  /** Whether nobody who compresses a segment, or seals one, can be at it. @default {true} */
  readonly isLocked?: boolean;
}

/**
 * Lists a store's files in order, the oldest first: each segment in the form that governs. Links and
 * directories are none of them, nor is what a stranger put where everybody may: it would be read, and
 * removed, as part of the store.
 */
export async function listParts(
  fileSystem: FileSystem,
  paths: StorePaths,
  options: ListOptions = {},
): Promise<FoundPart[]> {
  const forms = await listForms(fileSystem, paths, options);
  return forms.filter((form, index) => !isSuperseded(form, forms[index - 1]));
}

/** A form of a segment that stands beside the one that governs, and is not read. */
export interface SupersededForm {
  /** The one that is not read. */
  readonly form: FoundPart;
  /** The one that governs. */
  readonly governing: FoundPart;
}

/** Lists the compressed forms of segments that stand beside others. */
export async function listSuperseded(
  fileSystem: FileSystem,
  paths: StorePaths,
): Promise<SupersededForm[]> {
  const forms = await listForms(fileSystem, paths, {});
  return forms.flatMap((form, index) =>
    isSuperseded(form, forms[index - 1])
      ? [{ form, governing: forms.find((other) => isSameSegment(form, other))! }]
      : []
  );
}

function isSuperseded(form: FoundPart, before: FoundPart | undefined): boolean {
  return before !== undefined && isSameSegment(form, before);
}

async function listForms(
  fileSystem: FileSystem,
  paths: StorePaths,
  { isLocked = true }: ListOptions,
): Promise<FoundPart[]> {
  let { parts, isMovable } = await look(fileSystem, paths);
  for (let looks = 2; (isMovable || !isLocked) && looks <= LOOKS_MAX; looks++) {
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

async function look(fileSystem: FileSystem, paths: StorePaths): Promise<Look> {
  const { directory, name } = paths;
  const parts: FoundPart[] = [];
  let isMovable = false;
  for (const found of (await fileSystem.list(directory)).map((each) => parsePartName(name, each))) {
    if (found === null) continue;
    if (found.role === "rotated") isMovable = true;
    const path = join(directory, found.name);
    const stat = fileSystem.statLink(path);
    // What is gone by now was removed, or has another name, which may have come too late to be listed.
    if (stat === null) isMovable = true;
    if (stat === null || !isReadable(fileSystem, paths, found, stat)) continue;
    parts.push({ ...found, path, stat });
  }
  return { parts, isMovable };
}

/** Whether what has the name of a part is one. */
export function isReadable(
  fileSystem: FileSystem,
  paths: StorePaths,
  { role }: PartName,
  stat: FileStat,
): boolean {
  if (stat.type !== "file") return false;
  // The active file is the one that somebody named.
  if (role === "active" || !isForEverybody(fileSystem.stat(paths.directory))) return true;
  return !isOfStranger(fileSystem, paths, stat);
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
  paths: StorePaths,
): Promise<boolean> {
  return (await fileSystem.list(paths.directory)).some((each) => {
    const found = parsePartName(paths.name, each);
    if (found === null || found.role === "active") return false;
    const stat = fileSystem.statLink(join(paths.directory, each));
    return stat !== null && isReadable(fileSystem, paths, found, stat);
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
