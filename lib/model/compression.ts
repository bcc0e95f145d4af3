/**
 * Names of the ways in which sealed segments are compressed.
 *
 * @module
 */

import { parseMode } from "./mode.ts";

/** How a sealed segment is compressed. */
export type Compression = "gzip" | "zstd";

/** Every way of compressing. */
export const COMPRESSIONS: readonly Compression[] = ["gzip", "zstd"];

/** Reads the name of one. Throws INVALID_ARGUMENT. */
export function parseCompression(text: string): Compression {
  return parseMode(text, COMPRESSIONS, "compression");
}
