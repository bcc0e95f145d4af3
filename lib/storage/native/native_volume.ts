/**
 * What the operating system says of the volume that a path lies on.
 *
 * @module
 */

import * as fs from "node:fs";
import process from "node:process";
import type { VolumeFacts } from "../../model/volume_report.ts";
import { type Mount, mountOf } from "./mount_info.ts";

const MOUNT_TABLE = "/proc/self/mountinfo";

/** Types by Linux's numbers for them, for where the table of mounts may not be read. */
const TYPE_OF_NUMBER: ReadonlyMap<number, string> = new Map([
  [0x01021994, "tmpfs"],
  [0x01021997, "9p"],
  [0x00c36400, "ceph"],
  [0x2fc12fc1, "zfs"],
  [0x4d44, "vfat"],
  [0x58465342, "xfs"],
  [0x65735546, "fuse"],
  [0x6969, "nfs"],
  [0x794c7630, "overlay"],
  [0x858458f6, "ramfs"],
  [0x9123683e, "btrfs"],
  // The three that share a number differ in nothing that matters here.
  [0xef53, "ext4"],
  [0xf2f52010, "f2fs"],
  [0xfe534d42, "smb3"],
  [0xff534d42, "cifs"],
]);

/** Reads what is known of the volume of `path`, absolute and without links. */
export async function readVolumeFacts(path: string): Promise<VolumeFacts> {
  const { type, bsize, blocks, bavail, files, ffree } = await fs.promises.statfs(path);
  const mount = await findMount(path);
  return {
    type: mount?.type ?? typeOfNumber(type),
    mountPoint: mount?.mountPoint ?? null,
    source: mount?.source ?? null,
    options: mount?.options ?? [],
    totalBytes: Number(blocks) * Number(bsize),
    freeBytes: Number(bavail) * Number(bsize),
    // Some file systems make room for files as they need it, and tell none.
    freeFiles: Number(files) === 0 ? null : Number(ffree),
  };
}

async function findMount(path: string): Promise<Mount | null> {
  try {
    return mountOf(await fs.promises.readFile(MOUNT_TABLE, "utf8"), path);
  } catch {
    // Other systems have none, and Deno lets nobody read it who may not do everything.
    return null;
  }
}

function typeOfNumber(number: number): string | null {
  if (process.platform !== "linux") return null;
  // 32 bits, which not every machine takes as unsigned.
  return TYPE_OF_NUMBER.get(Number(number) >>> 0) ?? null;
}
