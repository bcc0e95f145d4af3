/**
 * Puts the original of a store's file into a directory that the operator names, before it is replaced.
 *
 * @module
 */

import { basename, dirname, join, resolve, sep } from "node:path";
import { PapyraError } from "../../../errors.ts";
import { readRange } from "../../../storage/byte_range.ts";
import type { FileSystem, OpenFile } from "../../../storage/file_system.ts";
import { osCode } from "../../../storage/os_error.ts";
import { parsePartName, segmentName } from "../../../storage/part_names.ts";
import { appendAll, removeIfThere } from "../../../storage/whole_file.ts";
import type { FileStore } from "../store/file_store.ts";
import type { Original } from "./replace_file.ts";

// Where a link cannot be made: another file system, or one without links.
const NO_LINK_CODES: ReadonlySet<string | null> = new Set([
  "EXDEV",
  "EPERM",
  "EMLINK",
  "ENOTSUP",
  "EOPNOTSUPP",
]);

/** Makes the quarantine directory. Throws INVALID_ARGUMENT where it is a place of the store's own. */
export async function prepareQuarantine(store: FileStore, directory: string): Promise<string> {
  const real = await realPathOfAny(store, resolve(directory));
  assertForeign(store, real);
  await store.fileSystem.makeDirectory(real);
  return real;
}

function assertForeign({ paths }: FileStore, directory: string): void {
  const isOwn = directory === paths.directory || directory === paths.sidecar ||
    directory.startsWith(paths.sidecar + sep) || directory === paths.active;
  if (isOwn) throw ownPlace(directory);
}

// Nothing may be made before it is known where that would be.
async function realPathOfAny(store: FileStore, path: string): Promise<string> {
  if (store.fileSystem.statLink(path) !== null) return await store.fileSystem.realPath(path);
  const parent = dirname(path);
  if (parent === path) return path;
  return join(await realPathOfAny(store, parent), path.slice(parent.length));
}

function ownPlace(directory: string): PapyraError {
  return new PapyraError(
    "INVALID_ARGUMENT",
    `Cannot quarantine into "${directory}": it belongs to the store; name another directory`,
    { file: directory },
  );
}

/** Puts a file into the directory under a name of its own. It is synced when this returns. */
export async function quarantineOriginal(
  store: FileStore,
  original: Original,
  directory: string,
): Promise<string> {
  const path = keptPath(store, original, directory);
  await keepOriginal(store, original, path);
  return path;
}

/** Where a file is kept in a directory: under a name by which it can be read as a store by itself. */
export function keptPath(
  { paths: { name } }: FileStore,
  { path, receipt }: Original,
  directory: string,
): string {
  const part = parsePartName(name, basename(path));
  const kept = part === null || part.compression === null
    ? `${basename(path)}.${receipt}`
    : segmentName(`${name}.${receipt}`, part.number, part.compression);
  return join(directory, kept);
}

/** Gives a file another name: a link, since a rename is about to take the one that it has, or else a copy. */
export async function keepOriginal(
  { fileSystem }: FileStore,
  { file, path: original, size }: Original,
  path: string,
): Promise<void> {
  await file.sync();
  if (!await linkOriginal(fileSystem, file, original, path)) {
    await copyOriginal(fileSystem, file, size, path);
  }
  try {
    await fileSystem.syncDirectory(dirname(path));
  } catch (error) {
    await removeIfThere(fileSystem, path);
    throw error;
  }
}

/** Gives the file a second name; false where that cannot be done. */
async function linkOriginal(
  fileSystem: FileSystem,
  source: OpenFile,
  original: string,
  path: string,
): Promise<boolean> {
  try {
    await fileSystem.link(original, path);
  } catch (error) {
    if (!NO_LINK_CODES.has(osCode(error))) throw error;
    return false;
  }
  // Tools that know no lock may have put another file in its place at this moment.
  if (fileSystem.statLink(path)?.identity === source.stat().identity) return true;
  await fileSystem.unlink(path);
  return false;
}

async function copyOriginal(
  fileSystem: FileSystem,
  source: OpenFile,
  size: number,
  path: string,
): Promise<void> {
  const file = await fileSystem.open(path, { access: "append", createExclusively: true });
  try {
    for await (const part of readRange(source, { from: 0, to: size })) appendAll(file, part);
    await file.sync();
  } catch (error) {
    await file.close();
    await removeIfThere(fileSystem, path);
    throw error;
  }
  await file.close();
}
