/**
 * When a store's active file has grown enough to be sealed.
 *
 * @module
 */

import { PapyraError } from "../../errors.ts";

/** Limits of one segment, Infinity for none; without any, the active file is never sealed by itself. */
export interface SegmentLimits {
  /** Its bytes. A segment is larger only where one call's records alone are. */
  readonly maxBytes?: number;
  /** Records written to it. A segment holds more only where one call brings more. */
  readonly maxRecords?: number;
  /** Seconds from the making of the file to the first write that finds it too old. */
  readonly maxAgeSeconds?: number;
}

/** What a segment holds so far. */
export interface SegmentState {
  /** Its size in bytes. */
  readonly bytes: number;
  /** The records given to it. */
  readonly records: number;
  /** How old the file is. */
  readonly ageSeconds: number;
}

/** What a segment can still take; null where it is full. */
export interface SegmentRoom {
  /** Bytes. */
  readonly bytes: number;
  /** Records. */
  readonly records: number;
}

/** The limits of a store that is sealed only when asked to be. */
export const NEVER_BY_ITSELF: SegmentLimits = { maxBytes: Infinity };

/** Whether there is a limit that a file can reach. */
export function isLimited(limits: SegmentLimits): boolean {
  return Object.values(limits).some((limit) => limit !== undefined && limit !== Infinity);
}

/** Throws INVALID_ARGUMENT for a limit that is not a number from 1 up. */
export function validateLimits(limits: SegmentLimits & { readonly maxFiles?: number }): void {
  for (const name of ["maxBytes", "maxRecords", "maxAgeSeconds", "maxFiles"] as const) {
    const limit = limits[name];
    if (limit === undefined || limit === Infinity) continue;
    const isWhole = name === "maxAgeSeconds" || Number.isSafeInteger(limit);
    if (isWhole && limit >= 1) continue;
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Cannot rotate with ${name} ${limit}: it must be a${
        isWhole ? "" : " whole"
      } number from 1 up`,
    );
  }
}

/** What a segment can still take. */
export function roomIn(limits: SegmentLimits, state: SegmentState): SegmentRoom | null {
  const { maxBytes = Infinity, maxRecords = Infinity, maxAgeSeconds = Infinity } = limits;
  const room = { bytes: maxBytes - state.bytes, records: maxRecords - state.records };
  const isFull = room.bytes <= 0 || room.records <= 0 || state.ageSeconds >= maxAgeSeconds;
  return isFull ? null : room;
}
