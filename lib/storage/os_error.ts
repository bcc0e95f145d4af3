/**
 * Errors of the operating system, told apart and put into words.
 *
 * @module
 */

import { resolve } from "node:path";
import { messageOf, PapyraError } from "../errors.ts";

const EXPLANATIONS: { readonly [code: string]: string } = {
  EACCES: "permission denied; run as the owner of the store, or give it read and write access",
  EDQUOT: "the disk quota is used up; free space and try again",
  EFTYPE: "it is not a regular file; move it away",
  EIO: "the disk reported an error; check the disk before anything else",
  EISDIR: "a directory is where a file has to be; move it away",
  ELOOP: "it is a link where none may be; remove it",
  EMLINK: "it is another name of a file that belongs to somebody else; remove it",
  EMFILE: "this process has too many open files; raise ulimit -n",
  ENFILE: "the machine has too many open files",
  ENOENT: "there is no such file or directory",
  ENOSPC: "the disk is full; free space and try again",
  ENOTDIR: "a part of the path is not a directory",
  EPERM: "the operation is not permitted on this file",
  EROFS: "the file system is read-only; mount it writable for this",
};

/** The operating system's code of an error, such as `ENOENT`; null where it has none. */
export function osCode(error: unknown): string | null {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : null;
}

/** Whether an error says that there is no such file. */
export function isMissingError(error: unknown): boolean {
  return osCode(error) === "ENOENT";
}

/** Runs `write`; says whether there was room for it on the disk. */
export async function hadRoomFor(write: () => void | Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (!isFullError(error)) throw error;
    return false;
  }
}

/** Whether an error says that there is no room left. */
export function isFullError(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes(osCode(error) ?? "");
}

/** What the operating system said, in words; and of which file, unless that is `file`. */
export function explainOsError(error: unknown, file?: string): string {
  const code = osCode(error);
  if (code === null || EXPLANATIONS[code] === undefined) return messageOf(error);
  return `${EXPLANATIONS[code]} (${code})${file === undefined ? "" : elsewhere(error, file)}`;
}

/** `error` itself where it is a PapyraError or a bug, else IO_ERROR saying what could not be done. */
export function asIoError(error: unknown, action: string, file: string): unknown {
  if (error instanceof PapyraError || osCode(error) === null) return error;
  return new PapyraError("IO_ERROR", `Cannot ${action} "${file}": ${explainOsError(error, file)}`, {
    file,
    cause: error,
  });
}

/** `error` itself where it is a PapyraError or a bug, else NOT_WRITTEN: records surely are not there. */
export function asNotWritten(error: unknown, action: string, file: string): unknown {
  if (error instanceof PapyraError || osCode(error) === null) return error;
  return notWritten(error, action, file);
}

/** The refusal of records that surely are not in `file`, because `action` failed. */
export function notWritten(cause: unknown, action: string, file: string): PapyraError {
  return new PapyraError(
    "NOT_WRITTEN",
    `Cannot ${action} "${file}": ${explainOsError(cause, file)}; nothing was written`,
    { file, cause },
  );
}

// What stood in the way may be another file than the one that the user knows of.
function elsewhere(error: unknown, file: string): string {
  const { path } = error as { path?: unknown };
  return typeof path !== "string" || resolve(path) === resolve(file) ? "" : ` at "${path}"`;
}
