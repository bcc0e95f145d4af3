/**
 * Files for checks.
 *
 * @module
 */

import type { FileSystem, OpenFile } from "../storage/file_system.ts";
import { appendAll } from "../storage/whole_file.ts";

/** Runs `body` with a new file, which is closed afterwards. */
export async function withNewFile<T>(
  fileSystem: FileSystem,
  path: string,
  body: (file: OpenFile) => Promise<T> | T,
): Promise<T> {
  return await closing(await fileSystem.open(path, { ...NEW, lockable: true }), body);
}

/** Runs `body` with a file that is there, which is closed afterwards. */
export async function withFile<T>(
  fileSystem: FileSystem,
  path: string,
  body: (file: OpenFile) => Promise<T> | T,
): Promise<T> {
  return await closing(await fileSystem.open(path, { access: "append", lockable: true }), body);
}

/** Makes a file with a content that is synced. */
export async function makeFile(fileSystem: FileSystem, path: string, text = ""): Promise<void> {
  await closing(await fileSystem.open(path, NEW), async (file) => {
    appendAll(file, new TextEncoder().encode(text));
    await file.sync();
  });
}

const NEW = { access: "append", createExclusively: true } as const;

async function closing<T>(file: OpenFile, body: (file: OpenFile) => Promise<T> | T): Promise<T> {
  try {
    return await body(file);
  } finally {
    await file.close();
  }
}
