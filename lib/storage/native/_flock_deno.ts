/**
 * flock under Deno: on an opening of its own, because `Deno.FsFile` does not tell its descriptor.
 *
 * @module
 */

import { type Flock, lockUnsupported } from "./_flock.ts";

/** Opens the file once more for the lock; its inode tells whether it is still the same file. */
export function openDenoFlock(path: string, place: string): Flock {
  const file = Deno.openSync(place, { read: true });
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
