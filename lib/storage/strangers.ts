/**
 * What belongs to nobody who has a say in a store.
 *
 * @module
 */

import type { FileStat, FileSystem } from "./file_system.ts";

const WRITABLE_BY_ALL = 0o002;

/** Whether everybody may put files into a directory, as into /tmp. */
export function isForEverybody(directory: FileStat | null): boolean {
  return ((directory?.ownership?.mode ?? 0) & WRITABLE_BY_ALL) !== 0;
}

/** Where a store is, as far as it matters whose it is. */
export interface StorePlace {
  /** Its file; left out where there is none to go by. */
  readonly active?: string | undefined;
  /** The directory that holds it. */
  readonly directory: string;
}

/**
 * Whether something belongs neither to root, nor to this user, nor to the owner of the store's file; or
 * of its directory, where there is no such file.
 */
export function isOfStranger(
  fileSystem: FileSystem,
  { active, directory }: StorePlace,
  { ownership }: FileStat,
): boolean {
  if (ownership === undefined || ownership.isTrusted) return false;
  const file = active === undefined ? null : fileSystem.stat(active);
  const owner = (file ?? fileSystem.stat(directory))?.ownership?.user;
  return owner !== ownership.user;
}
