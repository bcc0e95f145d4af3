/**
 * What receipts say that was taken away. They are read from a file that anybody may have written to, so
 * nothing in them is believed to be there.
 *
 * @module
 */

import { RECORD_KINDS } from "../model/record.ts";
import type { Bounds, Receipt } from "../model/report.ts";

/** Records of one kind that a change removed. */
export interface Removal {
  /** How many. */
  readonly records: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Their times; null where they had none. */
  readonly timestamps: Bounds | null;
}

/** The records that a change removed, for each kind of which it did. */
export function removalsOf({ details }: Receipt): Removal[] {
  const { removed, byKind } = details;
  return RECORD_KINDS.flatMap((kind) => {
    // Files tell it in their own names, the others as the report of the compaction does.
    const ofFile = objectAt(removed, kind);
    const ofReport = objectAt(byKind, kind);
    const records = countIn(ofFile?.["records"] ?? ofReport?.["removedRecords"]);
    if (records === null || records === 0) return [];
    return [{
      records,
      bytes: countIn(ofFile?.["bytes"] ?? ofReport?.["removedBytes"]) ?? 0,
      timestamps: boundsIn(ofFile?.["timestamps"] ?? ofReport?.["removedTimestamps"]),
    }];
  });
}

/** Bytes of what a change removed that were written before a moment, as far as that can be told. */
export function bytesRemovedFromBefore(receipt: Receipt, moment: number): number {
  return removalsOf(receipt).reduce((sum, { bytes, timestamps }) => {
    if (timestamps === null) return sum + bytes;
    const { min, max } = timestamps;
    const share = max < moment ? 1 : min >= moment ? 0 : (moment - min) / (max - min);
    return sum + bytes * share;
  }, 0);
}

/** A number from 0 up; null for anything else. */
export function countIn(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : null;
}

function boundsIn(value: unknown): Bounds | null {
  if (typeof value !== "object" || value === null) return null;
  const { min, max } = value as Partial<Record<"min" | "max", unknown>>;
  return Number.isFinite(min) && Number.isFinite(max)
    ? { min: min as number, max: max as number }
    : null;
}

function objectAt(value: unknown, name: string): { readonly [name: string]: unknown } | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const inner = (value as { readonly [name: string]: unknown })[name];
  return typeof inner === "object" && inner !== null
    ? inner as { readonly [name: string]: unknown }
    : null;
}
