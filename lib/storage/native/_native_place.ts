/**
 * Where something is done to a file, so that no link planted meanwhile leads it elsewhere.
 *
 * Paths come here without links. Whoever may write to one of the directories on the way can still put
 * a link in the place of the next one, at any moment. So the directory is opened part by part, none of
 * which may be a link, and what is done there goes by way of that opening, as with `openat`. Linux has
 * that in `/proc`; elsewhere, and where Deno was not given every permission, the parts are looked at
 * just before.
 *
 * @module
 */

import * as fs from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import process from "node:process";

// Only Linux has it, and node:fs does not name it: an opening that is good for nothing but paths.
const O_PATH = 0o10000000;
const { O_DIRECTORY, O_NOFOLLOW } = fs.constants;
const OPENINGS = "/proc/self/fd";
const PERMISSIONS = ["read", "write", "env", "net", "run", "sys", "ffi"] as const;

/** Runs `body` with a path to use in place of `path`. What it throws speaks of `path` again. */
export async function inPlace<T>(
  path: string,
  body: (place: string) => Promise<T> | T,
): Promise<T> {
  const directory = new HeldDirectory(dirname(resolve(path)));
  const place = join(directory.place, basename(path));
  try {
    return await body(place);
  } catch (error) {
    throw toldOf(path, place, error);
  } finally {
    directory.release();
  }
}

/** A directory that stays the one that it is, whatever its path leads to by then. */
export class HeldDirectory {
  /** A path to it. */
  readonly place: string;
  readonly #fd: number | null;

  /** Throws ELOOP where a part of `path` is a link. */
  constructor(path: string) {
    if (!canHold()) assertNoLinks(path);
    this.#fd = canHold() ? holdDirectory(path) : null;
    this.place = this.#fd === null ? path : `${OPENINGS}/${this.#fd}`;
  }

  /** Lets go of it. */
  release(): void {
    if (this.#fd !== null) fs.closeSync(this.#fd);
  }
}

/** The path of what is opened as `fd`, whatever its name is by now; null where there is none. */
export function placeOfOpening(fd: number): string | null {
  return canHold() ? `${OPENINGS}/${fd}` : null;
}

/** Sets the mode of the directory itself, though a link be in its place by now. */
export function setDirectoryMode(place: string, mode: number): void {
  if (!canHold()) return fs.chmodSync(place, mode);
  const fd = fs.openSync(place, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  try {
    fs.chmodSync(`${OPENINGS}/${fd}`, mode);
  } finally {
    fs.closeSync(fd);
  }
}

/** The error for a link where none may be. */
export function linkInTheWay(path: string): Error {
  return diskError("ELOOP", "a link where none may be", path);
}

/** An error as the operating system's, of `path`. */
export function diskError(code: string, what: string, path: string, cause?: unknown): Error {
  const error = new Error(`${code}: ${what}, '${path}'`, { cause });
  return Object.assign(error, { code, path });
}

function holdDirectory(path: string): number {
  let fd = fs.openSync(sep, O_PATH | O_DIRECTORY);
  let held: string = sep;
  for (const name of path.split(sep).filter((part) => part !== "")) {
    const place = `${OPENINGS}/${fd}/${name}`;
    held = join(held, name);
    try {
      const next = fs.openSync(place, O_PATH | O_DIRECTORY | O_NOFOLLOW);
      fs.closeSync(fd);
      fd = next;
    } catch (error) {
      const isLink = fs.lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink();
      fs.closeSync(fd);
      throw isLink ? linkInTheWay(held) : toldOf(held, place, error);
    }
  }
  return fd;
}

function assertNoLinks(path: string): void {
  const parent = dirname(path);
  if (parent !== path) assertNoLinks(parent);
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) throw linkInTheWay(path);
}

let isHolding: boolean | undefined;

function canHold(): boolean {
  return isHolding ??= process.platform === "linux" && isAllowedEverything() && hasOpenings();
}

// Deno keeps /proc for programs that may do everything, and must not be made to ask the user for it.
function isAllowedEverything(): boolean {
  if (!("Deno" in globalThis)) return true;
  return PERMISSIONS.every((name) => Deno.permissions.querySync({ name }).state === "granted");
}

function hasOpenings(): boolean {
  try {
    const fd = fs.openSync(sep, O_PATH | O_DIRECTORY);
    try {
      return fs.statSync(`${OPENINGS}/${fd}/.`).isDirectory();
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return false;
  }
}

function toldOf(path: string, place: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const told = error as Error & { path?: unknown; dest?: unknown };
  told.message = told.message.replaceAll(place, path);
  if (told.path === place) told.path = path;
  if (told.dest === place) told.dest = path;
  return told;
}
