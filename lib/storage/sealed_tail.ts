/**
 * What the sealed files of a store say about the next sequence number, where the active file does not.
 *
 * @module
 */

import type { FileSystem } from "./file_system.ts";
import { listParts } from "./store_parts.ts";
import type { StorePaths } from "./store_paths.ts";
import { readTail, type Tail } from "./tail.ts";
import { openIfThere } from "./whole_file.ts";

/** The largest sequence number that the files before the active one show; 0 where there is none. */
export async function lastSealedSeq(fileSystem: FileSystem, paths: StorePaths): Promise<number> {
  const parts = await listParts(fileSystem, paths);
  let damaged = 0;
  for (const { path, role } of parts.toReversed()) {
    if (role === "active") continue;
    const tail = await tailOf(fileSystem, path);
    if (tail === null) continue;
    if (tail.hasNumber) return tail.lastSeq + damaged;
    // Damaged lines may have been records, and every record has a number.
    damaged += tail.lastSeq;
  }
  return damaged;
}

async function tailOf(fileSystem: FileSystem, path: string): Promise<Tail | null> {
  const file = await openIfThere(fileSystem, path);
  // Retention removed it meanwhile, and whoever did has seen to the numbers.
  if (file === null) return null;
  try {
    return await readTail(file, file.stat().size);
  } finally {
    await file.close();
  }
}
