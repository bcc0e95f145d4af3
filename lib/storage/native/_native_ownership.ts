/**
 * To whom files belong: maintenance that root runs must not shut a service out of its own store, and
 * nobody must be made to write to what a stranger put in the way.
 *
 * @module
 */

import * as fs from "node:fs";
import process from "node:process";
import type { FileStat, Ownership } from "../file_system.ts";

const ROOT = 0;
const MODE_BITS = 0o777;

/** Whose a file is. */
export function ownershipOf({ uid, gid, mode }: fs.BigIntStats): Ownership {
  const user = Number(uid);
  return {
    user,
    group: Number(gid),
    mode: Number(mode) & MODE_BITS,
    get isTrusted() {
      return isTrusted(user);
    },
  };
}

/** Whether a user is root or this one; also where nobody can tell who this one is. */
export function isTrusted(user: number): boolean {
  const self = currentUser();
  return user === ROOT || self === null || user === self;
}

/** Gives what was made to the owner of `model`, where this user may give anything away. */
export function giveToOwnerOf(model: string, fd: number): void {
  try {
    const { uid, gid } = fs.statSync(model);
    giveTo(uid, gid, fd);
  } catch {
    // It stays with who made it, as everything does that is not made by root.
  }
}

/** Gives a new file the owner and the mode of another. Throws EPERM where this user may not. */
export function makeLike({ ownership }: FileStat, fd: number): void {
  if (ownership === undefined) return;
  giveTo(ownership.user, ownership.group, fd);
  fs.fchmodSync(fd, ownership.mode);
}

/**
 * Whether a file that is about to be written to was given its name in `directory` by somebody who owns
 * that directory, but neither the file nor any trust: a hard link to what is not theirs.
 */
export function isForeignLink({ nlink, uid }: fs.BigIntStats, directory: string): boolean {
  if (nlink < 2n) return false;
  const owner = fs.statSync(directory).uid;
  return Number(uid) !== owner && !isTrusted(owner);
}

function giveTo(uid: number, gid: number, fd: number): void {
  const made = fs.fstatSync(fd);
  if (made.uid !== uid || made.gid !== gid) fs.fchownSync(fd, uid, gid);
}

// Deno must not be made to ask the user for this.
function currentUser(): number | null {
  if ("Deno" in globalThis) {
    const { state } = Deno.permissions.querySync({ name: "sys", kind: "uid" });
    if (state !== "granted") return null;
  }
  return process.geteuid?.() ?? null;
}
