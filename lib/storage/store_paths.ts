/**
 * Where the files of a store are. Links are resolved here, once, so that a store has one sidecar
 * however it is reached.
 *
 * @module
 */

import { basename, dirname, join, resolve } from "node:path";
import { PapyraError } from "../errors.ts";
import type { FileStat, FileSystem } from "./file_system.ts";
import { isMissingError } from "./os_error.ts";

/** The paths of one store, absolute and without links. */
export interface StorePaths {
  /** The active file. */
  readonly active: string;
  /** The directory that holds it. */
  readonly directory: string;
  /** The file's name in it. */
  readonly name: string;
  /** The sidecar directory. */
  readonly sidecar: string;
}

/** Finds a store's paths. Throws NOT_A_STORE where `path` names something that cannot be one. */
export async function resolveStorePaths(
  fileSystem: FileSystem,
  path: string,
): Promise<StorePaths> {
  if (path === "" || path.includes("\0")) {
    throw new PapyraError("INVALID_ARGUMENT", `Cannot use "${path}" as the path of a store`);
  }
  const active = await resolveActive(fileSystem, resolve(path));
  const directory = dirname(active);
  const name = basename(active);
  return { active, directory, name, sidecar: join(directory, `.${name}.papyra`) };
}

async function resolveActive(fileSystem: FileSystem, path: string): Promise<string> {
  for (;;) {
    const stat = fileSystem.stat(path);
    if (stat === null) return await resolveMissing(fileSystem, path);
    if (stat.type !== "file") throw noFile(path, stat.type);
    try {
      return await fileSystem.realPath(path);
    } catch (error) {
      // A writer sealed it in between.
      if (!isMissingError(error)) throw error;
    }
  }
}

function noFile(path: string, type: FileStat["type"]): PapyraError {
  const what = type === "directory" ? "a directory" : "not a regular file";
  return new PapyraError(
    "NOT_A_STORE",
    `Cannot use "${path}" as a store: it is ${what}; name the store's file`,
    { file: path },
  );
}

// Also what is above a store that is yet to be made is resolved: it is the same place afterwards.
async function resolveMissing(fileSystem: FileSystem, path: string): Promise<string> {
  if (fileSystem.statLink(path)?.type === "link") {
    throw new PapyraError(
      "NOT_A_STORE",
      `Cannot use "${path}" as a store: it is a link to something that is not there; is a volume not mounted? Else remove the link`,
      { file: path },
    );
  }
  const directory = dirname(path);
  const resolved = fileSystem.stat(directory) === null
    ? await resolveMissing(fileSystem, directory)
    : await fileSystem.realPath(directory);
  return join(resolved, basename(path));
}
