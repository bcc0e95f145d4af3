/**
 * The names of a store's files: `PATH`, its sealed segments `PATH.<first seq, 16 digits>`, and the
 * rotated files `PATH.1`, `PATH.2`, … that Papyra (Python) leaves.
 *
 * @module
 */

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
}

const SEQ_DIGITS = 16;
const ROTATED = /^[1-9]\d{0,5}$/;
// No store comes to more than fifteen digits; a time in microseconds, as backups are named by, has sixteen.
const SEALED = /^0\d{15}$/;
// What a hand, or another tool, may have made of such a name.
const LIKE_A_PART = /^\d+(\W.*)?$/;

/** The name of the segment that begins with record `firstSeq`, which is below 10^15. */
export function segmentName(storeName: string, firstSeq: number): string {
  return `${storeName}.${String(firstSeq).padStart(SEQ_DIGITS, "0")}`;
}

/** What `name` is to the store of this name; null where it is none of its files. */
export function parsePartName(storeName: string, name: string): PartName | null {
  if (name === storeName) return { name, role: "active", number: 0 };
  const suffix = suffixOf(storeName, name);
  if (suffix === null) return null;
  if (SEALED.test(suffix)) return { name, role: "sealed", number: Number(suffix) };
  if (ROTATED.test(suffix)) return { name, role: "rotated", number: Number(suffix) };
  return null;
}

/** Whether `name` looks like one of the store's files, and is none. */
export function looksLikePart(storeName: string, name: string): boolean {
  const suffix = suffixOf(storeName, name);
  return suffix !== null && LIKE_A_PART.test(suffix) && parsePartName(storeName, name) === null;
}

/** Compares names in the order of the store: the oldest first, the active file last. */
export function comparePartNames(one: PartName, other: PartName): number {
  const byRole = ROLE_ORDER[one.role] - ROLE_ORDER[other.role];
  if (byRole !== 0) return byRole;
  // The highest number of a rotated file is the oldest.
  return one.role === "rotated" ? other.number - one.number : one.number - other.number;
}

const ROLE_ORDER = { rotated: 0, sealed: 1, active: 2 } as const;

function suffixOf(storeName: string, name: string): string | null {
  return name.startsWith(`${storeName}.`) ? name.slice(storeName.length + 1) : null;
}
