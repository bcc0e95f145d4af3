/**
 * What every operation on a file store works on.
 *
 * @module
 */

import { shellWord } from "../../../model/shell_word.ts";
import type { FileSystem } from "../../../storage/file_system.ts";
import type { Sidecar } from "../../../storage/sidecar.ts";
import type { StorePaths } from "../../../storage/store_paths.ts";

/** A file store, as its operations see it. */
export interface FileStore {
  /** Name of the backend's class. */
  readonly backend: string;
  /** Where its files are. */
  readonly paths: StorePaths;
  /** The file system that they are on. */
  readonly fileSystem: FileSystem;
  /** The directory beside it. */
  readonly sidecar: Sidecar;
  /** The clock, in Unix seconds. */
  readonly now: () => number;
  /** How many of its sealed files one look may hold open at once. */
  readonly heldFilesMax: number;
}

/** The command that an operator runs next, ready for a shell. */
export function nextCommand({ paths }: FileStore, command: string): string {
  return `papyra persistence ${command} --path ${shellWord(paths.active)}`;
}
