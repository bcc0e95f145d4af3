/** The files of a store on a simulated disk. */

import { basename, dirname } from "node:path";
import { comparePartNames, parsePartName } from "../../lib/storage/part_names.ts";
import { contentOf } from "./_workload.ts";
import type { SimulatedDisk } from "./_simulated_disk.ts";

/** One of them. */
export interface FileOnDisk {
  readonly path: string;
  readonly content: Uint8Array;
}

/** All files of the store at `path`, the oldest first. */
export function filesOnDisk(disk: SimulatedDisk, path: string): FileOnDisk[] {
  const names = disk.list(dirname(path)).map((name) => parsePartName(basename(path), name))
    .filter((name) => name !== null);
  return names.sort(comparePartNames).map(({ name }) => {
    const file = `${dirname(path)}/${name}`;
    return { path: file, content: contentOf(disk, file) };
  });
}
