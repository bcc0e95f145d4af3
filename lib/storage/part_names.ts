/**
 * The names of a store's files: `PATH`, its sealed segments `PATH.<first seq, 16 digits>` (with `.gz`
 * or `.zst` behind it where they are compressed), and the rotated files `PATH.1`, `PATH.2`, … that Papyra
 * (Python) leaves.
 *
 * @module
 */

import { type Compression, COMPRESSIONS } from "../model/compression.ts";

/** What a file of a store is: an original's rotated file, a sealed segment, or the active file. */
export type PartRole = "rotated" | "sealed" | "active";

/** What a name says. */
export interface PartName {
  /** The name, without its directory. */
  readonly name: string;
  /** What the file is. */
  readonly role: PartRole;
  /** Its place among those of its role: the first sequence number, or the number of the rotated file. */
  readonly number: number;
  /** How it is compressed; null where it is not. */
  readonly compression: Compression | null;
}

const SEQ_DIGITS = 16;
const ROTATED = /^[1-9]\d{0,5}$/;
// No store comes to more than fifteen digits; a time in microseconds, as backups are named by, has sixteen.
const SEALED = /^(0\d{15})(?:\.(gz|zst))?$/;
const COMPRESSION_OF = { gz: "gzip", zst: "zstd" } as const;
const SUFFIX_OF = { gzip: ".gz", zstd: ".zst" } as const;
// What a hand, or another tool, may have made of such a name.
const LIKE_A_PART = /^\d+(\W.*)?$/;

/** The name of the segment that begins with record `firstSeq`, which is below 10^15. */
export function segmentName(
  storeName: string,
  firstSeq: number,
  compression: Compression | null = null,
): string {
  const suffix = compression === null ? "" : SUFFIX_OF[compression];
  return `${storeName}.${String(firstSeq).padStart(SEQ_DIGITS, "0")}${suffix}`;
}

/** The name, or path, that the segment of this one has in a compressed form. */
export function compressedForm(segment: string, compression: Compression): string {
  return `${segment}${SUFFIX_OF[compression]}`;
}

/** All of them. */
export function compressedForms(segment: string): string[] {
  return COMPRESSIONS.map((compression) => compressedForm(segment, compression));
}

/** What `name` is to the store of this name; null where it is none of its files. */
export function parsePartName(storeName: string, name: string): PartName | null {
  const plain = { name, number: 0, compression: null };
  if (name === storeName) return { ...plain, role: "active" };
  const suffix = suffixOf(storeName, name);
  if (suffix === null) return null;
  if (ROTATED.test(suffix)) return { ...plain, role: "rotated", number: Number(suffix) };
  const [, digits, ending] = SEALED.exec(suffix) ?? [];
  if (digits === undefined) return null;
  const compression = ending === undefined ? null : COMPRESSION_OF[ending as "gz" | "zst"];
  return { name, role: "sealed", number: Number(digits), compression };
}

/** Whether `name` looks like one of the store's files, and is none. */
export function looksLikePart(storeName: string, name: string): boolean {
  const suffix = suffixOf(storeName, name);
  return suffix !== null && LIKE_A_PART.test(suffix) && parsePartName(storeName, name) === null;
}

/**
 * Compares names in the order of the store: the oldest first, the active file last. Of the forms of one
 * segment the one that governs comes first.
 */
export function comparePartNames(one: PartName, other: PartName): number {
  const byRole = ROLE_ORDER[one.role] - ROLE_ORDER[other.role];
  if (byRole !== 0) return byRole;
  // The highest number of a rotated file is the oldest.
  if (one.role === "rotated") return other.number - one.number;
  return one.number - other.number || formOrder(one) - formOrder(other);
}

/** Whether two names are those of one segment. */
export function isSameSegment(one: PartName, other: PartName): boolean {
  return one.role === "sealed" && other.role === "sealed" && one.number === other.number;
}

const ROLE_ORDER = { rotated: 0, sealed: 1, active: 2 } as const;
const FORM_ORDER = { zstd: 1, gzip: 2 } as const;

function formOrder({ compression }: PartName): number {
  return compression === null ? 0 : FORM_ORDER[compression];
}

function suffixOf(storeName: string, name: string): string | null {
  return name.startsWith(`${storeName}.`) ? name.slice(storeName.length + 1) : null;
}
