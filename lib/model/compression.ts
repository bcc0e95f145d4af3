/**
 * Names of the ways in which sealed segments are compressed.
 *
 * @module
 */

/** How a sealed segment is compressed. */
export type Compression = "gzip" | "zstd";

/** Every way of compressing. */
export const COMPRESSIONS: readonly Compression[] = ["gzip", "zstd"];
