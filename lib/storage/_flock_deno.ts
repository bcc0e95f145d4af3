/**
 * flock under Deno: on an opening of its own, because `Deno.FsFile` does not tell its descriptor.
 *
 * @module
 */

import { type Flock, lockUnsupported } from "./_flock.ts";

/** Opens `path` once more for the lock; its inode tells whether it is still the same file. */
export function openDenoFlock(path: string): Flock {
  const file = Deno.openSync(path, { read: true });
  const { dev, ino } = file.statSync();
  return {
    inode: `${dev}-${ino}`,
    tryLock: (mode) => {
      try {
        return file.tryLockSync(mode === "exclusive");
      } catch (cause) {
        throw lockUnsupported(path, cause);
      }
    },
    unlock: () => file.unlockSync(),
    close: () => file.close(),
  };
}
