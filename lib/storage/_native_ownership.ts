/**
 * To whom new files belong: maintenance that root runs must not shut a service out of its own store.
 *
 * @module
 */

import * as fs from "node:fs";

const MODE_BITS = 0o777;

/** Gives what was made to the owner of `model`, where this user may give anything away. */
export function giveToOwnerOf(model: string, fd: number): void {
  try {
    giveTo(fs.statSync(model), fd);
  } catch {
    // It stays with who made it, as everything does that is not made by root.
  }
}

/** Gives a new file the owner and the mode of another. Throws EPERM where this user may not. */
export function makeLike(model: string, fd: number): void {
  const stat = fs.statSync(model);
  giveTo(stat, fd);
  fs.fchmodSync(fd, stat.mode & MODE_BITS);
}

function giveTo({ uid, gid }: fs.Stats, fd: number): void {
  const made = fs.fstatSync(fd);
  if (made.uid !== uid || made.gid !== gid) fs.fchownSync(fd, uid, gid);
}
