/**
 * Whether a store consists of several files, as its directory shows.
 *
 * @module
 */

import type { FileSystem } from "../../storage/file_system.ts";
import { nativeFileSystem } from "../../storage/native/native_file_system.ts";
import { resolveStorePaths } from "../../storage/store_paths.ts";
import { hasSealedParts } from "../../storage/store_parts.ts";

/** Whether there are sealed segments, or the original's rotated files, beside the file at `path`. */
export async function isRotated(
  path: string,
  fileSystem: FileSystem = nativeFileSystem,
): Promise<boolean> {
  try {
    return await hasSealedParts(fileSystem, await resolveStorePaths(fileSystem, path));
  } catch {
    // What stands in the way stands in the way of the first use too, which tells it.
    return false;
  }
}
