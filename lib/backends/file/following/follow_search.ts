/**
 * Finds in a look at a store where to go on following it.
 *
 * @module
 */

import { decodeCheckpoint } from "../../../storage/lines/checkpoint.ts";
import { CHECKPOINT_KIND } from "../../../storage/format.ts";
import { valueOf } from "../../../storage/lines/line_classifier.ts";
import { isUnfinished } from "./follow_lines.ts";
import {
  type FilePlace,
  isAnother,
  isSeen,
  placeAt,
  placeBehind,
  type SeenRecord,
  seenRecord,
} from "./follow_place.ts";
import { isRecord } from "../store/line_record.ts";
import type { StoreLine } from "../store/store_lines.ts";
import { partLinesBackward } from "../store/store_part.ts";
import type { StoreView } from "../store/store_view.ts";

/** The end of a store, as a look shows it. */
export interface StoreEnd {
  /** Behind what is settled; null where there is no file. */
  readonly place: FilePlace | null;
  /** The newest record near the end; null where there is none. */
  readonly seen: SeenRecord | null;
  /** The newest number near the end; null where there is none. */
  readonly newest: number | null;
}

/** What was seen of a store. */
export interface KnownRecords {
  /** The last number; 0 for none. */
  readonly lastSeq: number;
  /** The last record; null for none. */
  readonly seen: SeenRecord | null;
}

/** Where to go on. */
export interface FoundPlace {
  /** Where the first line begins that was not seen, when the files are laid end to end. */
  readonly start: number;
  /** The newest number on the way; null where there is none. */
  readonly newest: number | null;
  /** Another record has the number of the one that was seen last. */
  readonly isOtherStore: boolean;
}

// In a store without numbers it would take reading all of it to learn that.
const END_BYTES_MAX = 4 * 1024 * 1024;

/** Looks at the end of a store, which is read up to `horizon` in its last file. */
export async function findEnd(
  view: StoreView,
  horizon: number,
  signal: AbortSignal,
): Promise<StoreEnd> {
  const last = view.parts.at(-1);
  let place = last === undefined ? null : placeAt(last.identity, horizon);
  let seen: SeenRecord | null = null;
  let newest: number | null = null;
  let isFirst = true;
  let bytes = 0;
  for await (const line of linesBackward(view, horizon, signal)) {
    if (isFirst && line.source.path === last!.path) {
      const { identity } = last!;
      place = isUnfinished(line) ? placeAt(identity, line.offset) : placeBehind(identity, line);
    }
    isFirst = false;
    bytes += line.length;
    newest ??= numberShownBy(line);
    if (isRecord(line)) seen ??= seenRecord(line);
    if (bytes > END_BYTES_MAX || (seen !== null && newest !== null)) break;
  }
  return { place, seen, newest };
}

/**
 * Searches a store for the last record that was seen, or for the newest that is older, and for what is
 * newer by its name.
 */
export async function findPlace(
  view: StoreView,
  horizon: number,
  known: KnownRecords,
  signal: AbortSignal,
): Promise<FoundPlace> {
  const found = await findBackward(view, horizon, known, signal);
  // An old file that a hand put in the place of the active one is not all that there is.
  const newer = view.parts.find(({ firstSeq }) => (firstSeq ?? 0) > known.lastSeq);
  if (newer === undefined || newer.base >= found.start) return found;
  return { ...found, start: newer.base, newest: Math.max(found.newest ?? 0, newer.firstSeq!) };
}

async function findBackward(
  view: StoreView,
  horizon: number,
  { lastSeq, seen }: KnownRecords,
  signal: AbortSignal,
): Promise<FoundPlace> {
  let newest: number | null = null;
  for await (const line of linesBackward(view, horizon, signal)) {
    const number = numberShownBy(line);
    if (number !== null) newest = Math.max(newest ?? 0, number);
    if (!isRecord(line)) continue;
    const { seq } = line.verdict;
    const isOld = seq === null ? isSeen(line, seen) : seq <= lastSeq;
    if (!isOld) continue;
    const start = line.position + line.length;
    return { start, newest, isOtherStore: isAnother(line, seen) };
  }
  return { start: 0, newest, isOtherStore: false };
}

async function* linesBackward(
  { parts }: StoreView,
  horizon: number,
  signal: AbortSignal,
): AsyncGenerator<StoreLine> {
  for (const part of parts.toReversed()) {
    const range = { from: 0, to: part === parts.at(-1) ? horizon : part.horizon };
    for await (const lines of partLinesBackward(part, signal, range)) yield* lines;
  }
}

/** The largest number that a line says was given; null where it says nothing of that. */
export function numberShownBy({ bytes, verdict }: StoreLine): number | null {
  if (verdict.state === "damaged") return null;
  if (verdict.kind !== CHECKPOINT_KIND) return verdict.seq;
  const value = valueOf(bytes, verdict);
  return value === null ? null : decodeCheckpoint(value)?.to ?? null;
}
