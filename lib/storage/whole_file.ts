/**
 * Small files read and written as a whole.
 *
 * @module
 */

import { dirname } from "node:path";
import { randomHex } from "./late_modules.ts";
import type { FileStat, FileSystem, OpenFile } from "./file_system.ts";
import { isMissingError, osCode } from "./os_error.ts";

/** What the names of temporary files end in. */
export const TEMP_SUFFIX = ".tmp";

/** A name beside `path` that nobody has. */
export function tempPathFor(path: string): string {
  return `${path}.${randomHex(12)}${TEMP_SUFFIX}`;
}

/** Opens a file to read it; null where there is none. */
export async function openIfThere(
  fileSystem: FileSystem,
  path: string,
  lockable = false,
): Promise<OpenFile | null> {
  try {
    return await fileSystem.open(path, { access: "read", lockable });
  } catch (error) {
    if (isMissingError(error)) return null;
    throw error;
  }
}

/** Reads a file, and no more of it than `bytesMax`; null where there is none. */
export async function readWhole(
  fileSystem: FileSystem,
  path: string,
  bytesMax = Infinity,
): Promise<string | null> {
  const file = await openIfThere(fileSystem, path);
  if (file === null) return null;
  try {
    const buffer = new Uint8Array(Math.min(file.stat().size, bytesMax));
    const count = await file.read(buffer, 0);
    return new TextDecoder().decode(buffer.subarray(0, count));
  } finally {
    await file.close();
  }
}

/** What bytes are appended to. */
export type Sink = Pick<OpenFile, "path" | "append">;

/** Writes everything, however many writes that takes. */
export function appendAll(file: Sink, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    const count = file.append(bytes.subarray(written));
    if (count <= 0) throw new Error(`Cannot write "${file.path}": nothing was taken`);
    written += count;
  }
}

/**
 * What of a new content lasts before it counts as written: all of it, the content but perhaps not yet under
 * its name, or nothing, of what can be made anew.
 */
export type Lasting = "all" | "content" | "nothing";

/** How a content is put in place of another. */
export interface ReplaceOptions {
  /** What lasts by the time that this resolves. @default {"all"} */
  readonly lasting?: Lasting;
  /** A file whose owner and mode the new one gets. @default {the directory's owner, mode 0600} */
  readonly like?: FileStat;
  /** Everybody may read the new one. @default {false} */
  readonly isPublic?: boolean;
}

/** Puts a new content in place of a file's: readers see the one or the other, whole. */
export async function replaceWhole(
  fileSystem: FileSystem,
  path: string,
  text: string,
  { lasting = "all", ...options }: ReplaceOptions = {},
): Promise<void> {
  const temp = tempPathFor(path);
  const file = await fileSystem.open(temp, {
    access: "append",
    createExclusively: true,
    ...options,
  });
  try {
    appendAll(file, new TextEncoder().encode(text));
    if (lasting !== "nothing") await file.sync();
    await file.close();
    await fileSystem.rename(temp, path);
  } catch (error) {
    await file.close();
    await removeIfThere(fileSystem, temp);
    throw error;
  }
  if (lasting === "all") await fileSystem.syncDirectory(dirname(path));
}

/** Opens a file to append to, and makes it where there is none. */
export async function openOrCreate(
  fileSystem: FileSystem,
  path: string,
  lockable: boolean,
): Promise<{ readonly file: OpenFile; readonly isCreated: boolean }> {
  for (;;) {
    try {
      return {
        file: await fileSystem.open(path, { access: "append", lockable }),
        isCreated: false,
      };
    } catch (error) {
      if (!isMissingError(error)) throw error;
    }
    try {
      const file = await fileSystem.open(path, {
        access: "append",
        lockable,
        createExclusively: true,
      });
      return { file, isCreated: true };
    } catch (error) {
      // Another process was first: open what it made.
      if (osCode(error) !== "EEXIST") throw error;
    }
  }
}

/** Removes a file; says whether it was there. */
export async function removeIfThere(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.unlink(path);
    return true;
  } catch (error) {
    if (isMissingError(error)) return false;
    throw error;
  }
}
