/**
 * Writing what a command makes to a file that others read: they see the old content or the new one.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { PapyraError } from "../errors.ts";
import { nativeFileSystem } from "../storage/native/native_file_system.ts";
import { asIoError } from "../storage/os_error.ts";
import { replaceWhole } from "../storage/whole_file.ts";

/**
 * Puts `text` in place of a file's content, or makes the file, readable by its owner alone, or by
 * everybody where `isPublic` says so. A file that is there keeps its owner and mode; a link or a device there is left alone. Throws IO_ERROR.
 */
export async function writeOutputFile(
  path: string,
  text: string,
  { isPublic = false }: { readonly isPublic?: boolean } = {},
): Promise<void> {
  try {
    const directory = await nativeFileSystem.realPath(dirname(path));
    const place = join(directory, basename(path));
    const there = nativeFileSystem.statLink(place);
    if (there !== null && there.type !== "file") throw notAFile(path, there.type);
    // What another user put there says nothing of who may read this.
    const isOurs = there?.ownership?.isTrusted ?? false;
    await replaceWhole(nativeFileSystem, place, text, isOurs ? { like: there! } : { isPublic });
  } catch (error) {
    throw asIoError(error, "write", path);
  }
}

function notAFile(path: string, type: "directory" | "link" | "other"): PapyraError {
  const what = { directory: "a directory", link: "a link", other: "no regular file" }[type];
  return new PapyraError(
    "IO_ERROR",
    `Cannot write "${path}": it is ${what}; name a file, or leave --output out for standard output`,
    { file: path },
  );
}
