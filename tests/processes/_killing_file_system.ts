/**
 * A file system that kills its process at a change it is asked for; of a write, half is made.
 *
 * @module
 */

import process from "node:process";
import type { FileSystem, OpenFile } from "../../lib/storage/file_system.ts";

const FILE_CHANGES: ReadonlySet<PropertyKey> = new Set(["truncate", "sync", "syncData"]);
const CHANGES: ReadonlySet<PropertyKey> = new Set([
  "makeDirectory",
  "rename",
  "link",
  "unlink",
  "syncDirectory",
]);

/** `base`, up to the change for which `isFatal`, asked before each, says so. */
export function killingFileSystem(base: FileSystem, isFatal: () => boolean): FileSystem {
  const change = (): void => {
    if (isFatal()) die();
  };
  const file = (opened: OpenFile): OpenFile =>
    intercept(
      opened,
      {
        append(bytes: Uint8Array): number {
          if (isFatal()) {
            opened.append(bytes.subarray(0, bytes.length / 2));
            die();
          }
          return opened.append(bytes);
        },
      },
      FILE_CHANGES,
      change,
    );
  return intercept(
    base,
    {
      async open(...args: Parameters<FileSystem["open"]>): Promise<OpenFile> {
        if (args[1].createExclusively) change();
        return file(await base.open(...args));
      },
    },
    CHANGES,
    change,
  );
}

function intercept<T extends object>(
  inner: T,
  replaced: Partial<T>,
  changes: ReadonlySet<PropertyKey>,
  onChange: () => void,
): T {
  return new Proxy(inner, {
    get(_target, name) {
      const replacement = replaced[name as keyof T];
      if (replacement !== undefined) return replacement;
      const value = inner[name as keyof T];
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        if (changes.has(name)) onChange();
        return value.apply(inner, args);
      };
    },
  });
}

function die(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("Cannot happen: the process was killed");
}
