/**
 * Chooses how this runtime takes an flock.
 *
 * @module
 */

import { PapyraError } from "../../errors.ts";
import type { LockMode } from "../file_system.ts";
import { openBunFlock } from "./_flock_bun.ts";
import { openDenoFlock } from "./_flock_deno.ts";

/** An flock on one opening of a file. */
export interface Flock {
  /** Device and inode that the lock is on, to be compared with the file's. */
  readonly inode: string;
  /** Takes the lock without waiting. */
  tryLock(mode: LockMode): boolean;
  /** Lets go of it. */
  unlock(): void;
  /** Lets go of what the lock needed beside the file descriptor. */
  close(): void;
}

/** The opening that a lock is for. */
export interface FlockedOpening {
  /** Its descriptor. */
  readonly fd: number;
  /** Its device and inode. */
  readonly inode: string;
  /** A path by which it can be opened once more. */
  readonly place: string;
}

/** Makes a lock for a file that was opened by `path`. */
export function openFlock(path: string, { fd, inode, place }: FlockedOpening): Flock {
  if ("Deno" in globalThis) return openDenoFlock(path, place);
  if ("Bun" in globalThis) return openBunFlock(path, fd, inode);
  return {
    inode,
    tryLock: () => {
      throw lockUnsupported(path, undefined);
    },
    unlock: () => {},
    close: () => {},
  };
}

/** The error for a runtime or file system without flock. */
export function lockUnsupported(path: string, cause: unknown): PapyraError {
  return new PapyraError(
    "LOCK_UNSUPPORTED",
    `Cannot lock "${path}": this runtime or file system has no flock; use Deno, Bun or the papyra executable, on a local file system`,
    { file: path, cause },
  );
}
