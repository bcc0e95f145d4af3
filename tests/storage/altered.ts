/**
 * Objects that do some things differently.
 *
 * @module
 */

import type { FileSystem, OpenFile } from "../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";

/** `target`, but for `changes`. */
export function altered<T extends object>(target: T, changes: Partial<T>): T {
  return new Proxy(target, {
    get(_target, name) {
      if (Object.hasOwn(changes, name)) return Reflect.get(changes, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The machine's file system, but that the files which it opens are different. */
export function withAlteredFiles(change: (file: OpenFile) => Partial<OpenFile>): FileSystem {
  return {
    ...nativeFileSystem,
    open: async (...args) => {
      const file = await nativeFileSystem.open(...args);
      return altered(file, change(file));
    },
  };
}
