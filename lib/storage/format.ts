/**
 * Constants of the on-disk format, version 1. See docs/format.md.
 *
 * @module
 */

import { JSON_DEPTH_MAX, JSON_VALUES_MAX } from "../model/json_limits.ts";

/** The version of the format that this code writes. */
export const FORMAT_VERSION = 1;

/** The longest line, without its newline. */
export const LINE_BYTES_MAX = 16 * 1024 * 1024;

/** What a line may not exceed, in words. */
export const LINE_LIMITS_TEXT =
  `${LINE_BYTES_MAX} bytes, ${JSON_VALUES_MAX} values or ${JSON_DEPTH_MAX} levels`;

/** The most that `seq` and `crc` add to a record's JSON. */
export const NUMBERING_BYTES_MAX = `,"seq":${Number.MAX_SAFE_INTEGER},"crc":"00000000"`.length;

/** The kind of line that says what maintenance left of a file. */
export const CHECKPOINT_KIND = "checkpoint";

/** The byte that ends a line. */
export const NEWLINE = 0x0a;
