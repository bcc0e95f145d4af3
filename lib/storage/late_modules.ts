/**
 * What is used of modules of the runtime that bring much along: in Bun zlib and crypto load all of its
 * streams, which takes longer than a short command. The first call loads them.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import process from "node:process";
import type * as Zlib from "node:zlib";

type Crc32 = (data: string | Uint8Array, seed?: number) => number;

interface BunGlobal {
  readonly Bun?: { readonly hash: { readonly crc32: Crc32 } };
}

/** The module `node:zlib`. */
export function zlib(): typeof Zlib {
  return process.getBuiltinModule("node:zlib");
}

/** What `createHash` of `node:crypto` gives. */
export function createHash(algorithm: string): Hash {
  return process.getBuiltinModule("node:crypto").createHash(algorithm);
}

/** CRC-32 as zlib computes it, which goes on from `seed`. */
// Bun has the same function outside of zlib.
export const crc32: Crc32 = (globalThis as BunGlobal).Bun?.hash.crc32 ?? zlib().crc32;

/** So many random hex digits, 12 at most. */
export function randomHex(digits: number): string {
  return crypto.randomUUID().slice(-digits);
}
