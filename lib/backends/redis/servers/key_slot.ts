/**
 * The slot of a Cluster that a key belongs to.
 *
 * @module
 */

import type { RedisTopology } from "../config/redis_url.ts";

const SLOTS = 16384;
const POLYNOMIAL = 0x1021;

/** The slot of `key`: that of its hash tag, where it has one. */
export function keySlot(key: string): number {
  const open = key.indexOf("{");
  const close = open === -1 ? -1 : key.indexOf("}", open + 1);
  const hashed = close > open + 1 ? key.slice(open + 1, close) : key;
  return crc16(new TextEncoder().encode(hashed)) % SLOTS;
}

/** Whether two keys are surely on one server, and stay together. */
export function areTogether(topology: RedisTopology, one: string, other: string): boolean {
  return topology !== "cluster" || keySlot(one) === keySlot(other);
}

// CRC-16/XMODEM.
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 0x8000 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
      crc &= 0xffff;
    }
  }
  return crc;
}
