/**
 * flock under Bun: the C library's, on the file's own descriptor.
 *
 * @module
 */

import process from "node:process";
import { type Flock, lockUnsupported } from "./_flock.ts";

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

// What flock answers where it does not exist or cannot work, on Linux and macOS: EINVAL, ENOLCK,
// ENOSYS, ENOTSUP, EOPNOTSUPP. Anything else is a lock that somebody has.
const UNSUPPORTED_ERRNOS = new Set([22, 37, 38, 45, 77, 78, 95, 102]);

interface LibC {
  flock(fd: number, operation: number): number;
  errno(): number;
}

interface BunFfi {
  dlopen(
    path: string,
    symbols: { [name: string]: { args: string[]; returns: string } },
  ): { symbols: { [name: string]: (...args: number[]) => number } };
  read: { i32(pointer: number, offset: number): number };
}

let libC: LibC | undefined;

/** Makes a lock on `fd`. */
export function openBunFlock(path: string, fd: number, inode: string): Flock {
  const { flock, errno } = libC ??= loadLibC(path);
  return {
    inode,
    tryLock: (mode) => {
      if (flock(fd, (mode === "exclusive" ? LOCK_EX : LOCK_SH) | LOCK_NB) === 0) return true;
      if (UNSUPPORTED_ERRNOS.has(errno())) throw lockUnsupported(path, undefined);
      return false;
    },
    unlock: () => void flock(fd, LOCK_UN),
    close: () => {},
  };
}

function loadLibC(path: string): LibC {
  const isMac = process.platform === "darwin";
  const errnoName = isMac ? "__error" : "__errno_location";
  const candidates = isMac
    ? ["libSystem.B.dylib"]
    : ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];
  let lastError: unknown;
  for (const candidate of candidates) {
    try {
      // Not an import: bundlers for other runtimes must not try to resolve it.
      const ffi = process.getBuiltinModule("bun:ffi") as unknown as BunFfi;
      const { symbols } = ffi.dlopen(candidate, {
        flock: { args: ["i32", "i32"], returns: "i32" },
        [errnoName]: { args: [], returns: "ptr" },
      });
      return {
        flock: (fd, operation) => symbols.flock!(fd, operation),
        errno: () => ffi.read.i32(symbols[errnoName]!(), 0),
      };
    } catch (error) {
      lastError = error;
    }
  }
  throw lockUnsupported(path, lastError);
}
