/**
 * What a store of files is, told without reading all of it.
 *
 * @module
 */

import type { DescribeOptions } from "../../backend/backend.ts";
import type { StoreDescription } from "../../model/report.ts";
import { osCode } from "../../storage/os_error.ts";
import { listParts } from "../../storage/store_parts.ts";
import type { FileStore } from "./store/file_store.ts";
import { describeSegments } from "./summaries/segment_summaries.ts";

/** Looks at the files' sizes, and further where that is asked for. */
export async function describeStore(
  store: FileStore,
  { withSegments = false, withFreeBytes = false, signal }: DescribeOptions,
): Promise<StoreDescription> {
  const { backend, fileSystem, paths } = store;
  const parts = await listParts(fileSystem, paths);
  return {
    backend,
    store: paths.active,
    exists: parts.length > 0,
    bytes: parts.reduce((sum, { stat }) => sum + stat.size, 0),
    segments: withSegments ? await describeSegments(store, signal) : null,
    freeBytes: withFreeBytes ? await freeBytesOf(store) : null,
  };
}

async function freeBytesOf({ fileSystem, paths }: FileStore): Promise<number | null> {
  try {
    return await fileSystem.freeBytes(paths.directory);
  } catch (error) {
    // Where there is no such directory yet, or nobody may ask, it cannot be told.
    if (osCode(error) === null) throw error;
    return null;
  }
}
