/**
 * File systems that do not do what every file system has to.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import type { FileStat, FileSystem } from "../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../lib/storage/native/native_file_system.ts";
import { diskError } from "../storage/disk_error.ts";
import { withAlteredFiles } from "../storage/altered.ts";

// So long that a reader who looks all the time sees what is there meanwhile.
const VISIBLE_MS = 30;

/** The machine's file system, but that files are told apart by what `identityOf` says. */
export function withIdentities(identityOf: (stat: FileStat) => string): FileSystem {
  const altered = (stat: FileStat) => ({ ...stat, identity: identityOf(stat) });
  return {
    ...withAlteredFiles((file) => ({ stat: () => altered(file.stat()) })),
    stat: (path) => {
      const stat = nativeFileSystem.stat(path);
      return stat && altered(stat);
    },
  };
}

/** A lie by what it is about, with a check that has to find it. */
export interface Lie {
  /** The check. */
  readonly check: string;
  /** What it does not do. */
  readonly fileSystem: FileSystem;
  /** Words of the reason that is given. */
  readonly reason: RegExp;
}

/** Every lie. */
export const LIES: { readonly [what: string]: Lie } = {
  "a lock that keeps nobody out": {
    check: "locks",
    fileSystem: withAlteredFiles(() => ({ tryLock: () => true, unlock: () => {} })),
    reason: /^another process gets a lock that this one has$/,
  },
  "a lock that keeps everybody out": {
    check: "locks",
    fileSystem: withAlteredFiles(() => ({ tryLock: () => false })),
    reason: /^a lock that nobody has cannot be taken$/,
  },
  "a lock that cannot be shared": {
    check: "locks",
    fileSystem: withAlteredFiles((file) => ({
      tryLock: (mode) => mode === "exclusive" && file.tryLock(mode),
    })),
    reason: /^two processes cannot share a lock$/,
  },
  "no locks": {
    check: "locks",
    fileSystem: withAlteredFiles(() => ({
      tryLock: () => {
        throw diskError("ENOLCK");
      },
    })),
    reason: /ENOLCK/,
  },
  "a rename that takes the old file away first": {
    check: "atomic_rename",
    fileSystem: {
      ...nativeFileSystem,
      rename: async (from, to) => {
        await nativeFileSystem.unlink(to);
        await setTimeout(VISIBLE_MS);
        await nativeFileSystem.rename(from, to);
      },
    },
    reason: /[1-9]\d* found none/,
  },
  "a rename that writes over the old file": {
    check: "atomic_rename",
    fileSystem: {
      ...nativeFileSystem,
      rename: async (from, to) => {
        const bytes = await Deno.readFile(from);
        await Deno.writeFile(to, bytes.subarray(0, 1000));
        await setTimeout(VISIBLE_MS);
        await Deno.writeFile(to, bytes);
      },
    },
    reason: /[1-9]\d* a half one/,
  },
  "an append that does not go to the end": {
    check: "append",
    fileSystem: withAlteredFiles((file) => {
      let end = 0;
      return {
        append: (bytes) => {
          using other = Deno.openSync(file.path, { write: true });
          other.seekSync(end, Deno.SeekMode.Start);
          const count = other.writeSync(bytes);
          end += count;
          return count;
        },
      };
    }),
    reason: /^two processes appended to a file: .*(?:begin at byte|follows|are there)/,
  },
  "an append that is forgotten": {
    check: "append",
    fileSystem: withAlteredFiles(() => ({ append: (bytes) => bytes.length })),
    reason: /^two processes appended to a file: 0 of \d+ batches of writer 1 are there$/,
  },
  "an append that keeps half of what it was given": {
    check: "append",
    fileSystem: withAlteredFiles((file) => ({
      append: (bytes) => {
        file.append(bytes.subarray(0, bytes.length / 2));
        return bytes.length;
      },
    })),
    reason: /^two processes appended to a file: /,
  },
  "a file that ends early": {
    check: "killed_writer",
    fileSystem: withAlteredFiles((file) => ({
      stat: () => ({ ...file.stat(), size: Math.min(file.stat().size, 5000) }),
    })),
    reason: /^a writer was killed after \d+ batches: 1 are there$/,
  },
  "a file whose bytes have changed": {
    check: "killed_writer",
    fileSystem: withAlteredFiles((file) => ({
      read: async (buffer, position) => {
        const count = await file.read(buffer, position);
        buffer[position === 0 ? 100 : 0]! ^= 1;
        return count;
      },
    })),
    reason: /begin at byte 0$/,
  },
  "a sync that fails": {
    check: "sync",
    fileSystem: withAlteredFiles(() => ({ syncData: () => Promise.reject(diskError("EIO")) })),
    reason: /the disk reported an error/,
  },
  "a directory that cannot be synced": {
    check: "directory_sync",
    fileSystem: {
      ...nativeFileSystem,
      syncDirectory: () => Promise.reject(diskError("EINVAL")),
    },
    reason: /EINVAL/,
  },
  "a creation that takes what is there": {
    check: "exclusive_create",
    fileSystem: {
      ...nativeFileSystem,
      open: (path, { createExclusively: _, ...options }) => {
        Deno.writeTextFileSync(path, "");
        return nativeFileSystem.open(path, options);
      },
    },
    reason: /^a file was made where there was one already$/,
  },
  "a birth time that is that of the last change": {
    check: "file_identity",
    fileSystem: withIdentities(({ modifiedMs }) => `1-${modifiedMs}`),
    reason: /^a file seems to be another/,
  },
  "two names that are two files": {
    check: "hard_links",
    fileSystem: { ...nativeFileSystem, link: (from, to) => Deno.copyFile(from, to) },
    reason: /^two names of one file lead to two files$/,
  },
};
