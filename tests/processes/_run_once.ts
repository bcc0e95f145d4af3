/**
 * One maintenance run, always at the same moment, so that its result can be foretold to the byte.
 *
 * @module
 */

import type { FileSystem } from "../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { JsonFilePersistence } from "../../lib/backends/file/json_file_persistence.ts";

/** What is to be run. */
export interface PlannedRun {
  readonly operation: "compact" | "recover";
  readonly options: object;
  /** Whether the disk has no room for a copy of the store. */
  readonly isDiskFull: boolean;
}

/** The clock of every run. */
export const NOW = 1_700_000_000;

/** The file system that a run finds. */
export function fileSystemOf({ isDiskFull }: PlannedRun): FileSystem {
  return isDiskFull
    ? { ...nativeFileSystem, freeBytes: () => Promise.resolve(0) }
    : nativeFileSystem;
}

/** Runs `run` on the store at `path`. */
export async function runOnce(
  path: string,
  run: PlannedRun,
  fileSystem = fileSystemOf(run),
): Promise<void> {
  await using store = new JsonFilePersistence(path, { clock: () => NOW, fileSystem });
  await store[run.operation](run.options);
}
