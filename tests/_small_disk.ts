/**
 * A file system so small that a test can fill it: real ones, mounted, where this machine lets tests
 * mount something, and always the machine's own behind a port that says that it is full.
 *
 * @module
 */

import { join } from "node:path";
import type { FileSystem, OpenFile } from "../lib/storage/file_system.ts";
import { nativeFileSystem } from "../lib/storage/native/native_file_system.ts";
import { pollUntil } from "../lib/storage/polling.ts";
import { inTempDirectory } from "./_temp.ts";
import { altered } from "./storage/altered.ts";
import { diskError } from "./storage/disk_error.ts";

/** A disk that can be filled. */
export interface SmallDisk {
  /** Where it is. */
  readonly directory: string;
  /** The port to it. */
  readonly fileSystem: FileSystem;
  /** Whether other processes find it small too. */
  readonly isReal: boolean;
}

/** Kinds of disks, by name. */
export type DiskKind = "tmpfs" | "ext4" | "simulated";

const DISK_BYTES = 4 * 1024 * 1024;
const FILLER = "filler";
const FILLER_STEPS = [64 * 1024, 4096, 512, 1];
const BUSY_TIMEOUT_MS = 10_000;

/** The kinds that this machine can have. */
export async function availableDisks(): Promise<readonly DiskKind[]> {
  const kinds: DiskKind[] = [];
  for (const kind of ["tmpfs", "ext4"] as const) {
    try {
      await withSmallDisk(kind, () => Promise.resolve());
      kinds.push(kind);
    } catch {
      // Mounting takes rights that only root has, and not in every container.
    }
  }
  return [...kinds, "simulated"];
}

/** Runs `body` with a small disk, which is taken away afterwards. */
export function withSmallDisk(
  kind: DiskKind,
  body: (disk: SmallDisk) => Promise<void>,
): Promise<void> {
  return inTempDirectory(async (directory) => {
    if (kind === "simulated") {
      await body({ directory, fileSystem: limitedFileSystem(directory), isReal: false });
      return;
    }
    const mountPoint = join(directory, "disk");
    await Deno.mkdir(mountPoint);
    await mount(kind, directory, mountPoint);
    try {
      await body({ directory: mountPoint, fileSystem: nativeFileSystem, isReal: true });
    } finally {
      await runWhenIdle("umount", mountPoint);
    }
  });
}

/** Fills the disk to its last byte, but for `freeBytes`. */
export async function fill({ directory, fileSystem }: SmallDisk, freeBytes = 0): Promise<void> {
  const file = await fileSystem.open(join(directory, FILLER), {
    access: "append",
    createExclusively: true,
  });
  try {
    for (const step of FILLER_STEPS) {
      const bytes = new Uint8Array(step);
      while (hasRoomFor(file, bytes));
    }
    await file.truncate(Math.max(0, file.stat().size - freeBytes));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives the room back that was filled. */
export async function free({ directory }: SmallDisk): Promise<void> {
  await Deno.remove(join(directory, FILLER));
}

/** Lets nobody write to a real disk any more. */
export function setReadOnly(directory: string): Promise<void> {
  return runWhenIdle("mount", "-o", "remount,ro", directory);
}

function hasRoomFor(file: OpenFile, bytes: Uint8Array): boolean {
  try {
    return file.append(bytes) === bytes.length;
  } catch {
    return false;
  }
}

async function mount(kind: "tmpfs" | "ext4", directory: string, mountPoint: string): Promise<void> {
  if (kind === "tmpfs") {
    await run("mount", "-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", mountPoint);
    return;
  }
  const image = join(directory, "image");
  await Deno.writeFile(image, new Uint8Array());
  await Deno.truncate(image, DISK_BYTES);
  await run("mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", image);
  await run("mount", "-o", "loop", image, mountPoint);
}

async function run(command: string, ...args: string[]): Promise<void> {
  const failure = await failureOf(command, args);
  if (failure !== undefined) throw new Error(failure);
}

// A process that a test beside this one starts has this one's files, and keeps the disk busy, from its
// fork to its exec.
async function runWhenIdle(command: string, ...args: string[]): Promise<void> {
  let failure: string | undefined;
  await pollUntil(async () => {
    failure = await failureOf(command, args);
    return !failure?.includes("busy");
  }, { timeoutMs: BUSY_TIMEOUT_MS });
  if (failure !== undefined) throw new Error(failure);
}

async function failureOf(command: string, args: readonly string[]): Promise<string | undefined> {
  const { code, stderr } = await new Deno.Command(command, {
    args: [...args],
    env: { LC_ALL: "C" },
    stdout: "null",
  }).output();
  return code === 0 ? undefined : `${command}: ${new TextDecoder().decode(stderr)}`;
}

/** The machine's file system, with room for so many bytes in the files of `directory`. */
function limitedFileSystem(directory: string): FileSystem {
  const freeBytes = () => DISK_BYTES - bytesIn(directory);
  return {
    ...nativeFileSystem,
    freeBytes: () => Promise.resolve(freeBytes()),
    open: async (...args) => limitedFile(await nativeFileSystem.open(...args), freeBytes),
  };
}

function limitedFile(file: OpenFile, freeBytes: () => number): OpenFile {
  return altered(file, {
    append: (bytes) => {
      const room = freeBytes();
      if (room <= 0) throw diskError("ENOSPC");
      return file.append(bytes.subarray(0, room));
    },
  });
}

function bytesIn(directory: string): number {
  let bytes = 0;
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    bytes += isDirectory ? bytesIn(path) : Deno.statSync(path).size;
  }
  return bytes;
}
