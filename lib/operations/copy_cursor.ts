/**
 * How far the records of a store were copied.
 *
 * A record's number or id tells that. Lines that an original store wrote have none: they are counted,
 * and the last of them are remembered, because what stands before them may be removed between two runs.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { RawPlaces, RawRecord, RawStore } from "../backend/raw_store.ts";
import { comparePlaces } from "../model/place.ts";
import { RECORD_KINDS, type RecordKind } from "../model/record.ts";

/** How far the records of one kind were gone through. */
export interface Cursor {
  /** The last place; null where none was met. */
  readonly place: string | null;
  /** How many records without a place stand behind it. */
  readonly unnumbered: number;
  /** The last of those, as digests. */
  readonly anchor: readonly string[];
}

/** The same for each kind. */
export type Cursors = { readonly [K in RecordKind]: Cursor };

/** Before everything. */
export const AT_START: Cursor = { place: null, unnumbered: 0, anchor: [] };

const ANCHOR_RECORDS = 16;

/** Something for each kind. */
export function forKinds<T>(of: (kind: RecordKind) => T): { readonly [K in RecordKind]: T } {
  return { event: of("event"), audit: of("audit"), dead_letter: of("dead_letter") };
}

/** Where the records behind `cursors` are to be looked for. */
export function placesOf(cursors: Cursors): RawPlaces {
  return forKinds((kind) => cursors[kind].place);
}

/** Moves cursors along. */
export class CursorTracker {
  // Changed in place: there are as many moves as records.
  readonly #cursors: Record<RecordKind, { -readonly [N in keyof Cursor]: Cursor[N] }>;
  readonly #sharesPlaces: boolean;

  /** @param start where it begins */
  constructor({ sharesPlaces }: RawStore, start: Cursors) {
    this.#cursors = forKinds((kind) => ({ ...start[kind] }));
    this.#sharesPlaces = sharesPlaces;
  }

  /** Where it is. */
  get cursors(): Cursors {
    return forKinds((kind) => this.of(kind));
  }

  /** Where it is with one kind. */
  of(kind: RecordKind): Cursor {
    return { ...this.#cursors[kind] };
  }

  /** Whether it reached no farther than `end` with one kind. */
  isWithin(kind: RecordKind, end: Cursor): boolean {
    const { place, unnumbered } = this.#cursors[kind];
    const order = comparePlaces(place ?? "0", end.place ?? "0");
    return order < 0 || (order === 0 && unnumbered <= end.unnumbered);
  }

  /** Moves on to `record`. */
  advance({ kind, place, json }: RawRecord): void {
    if (place === null) this.#count(kind, json);
    else if (!this.#sharesPlaces) this.#moveTo(kind, place);
    // Whoever reads a store in one order has met all kinds up to there.
    else for (const each of RECORD_KINDS) this.#moveTo(each, place);
  }

  #count(kind: RecordKind, json: string): void {
    const cursor = this.#cursors[kind];
    cursor.unnumbered++;
    cursor.anchor = [...cursor.anchor, digestOf(json)].slice(-ANCHOR_RECORDS);
  }

  #moveTo(kind: RecordKind, place: string): void {
    const cursor = this.#cursors[kind];
    if (!isBehind(place, cursor)) return;
    cursor.place = place;
    cursor.unnumbered = 0;
    cursor.anchor = AT_START.anchor;
  }
}

/** Passes over the records without a place that cursors have counted. */
export class CountedRecords {
  readonly #start: Cursors;
  readonly #sharesPlaces: boolean;
  readonly #left: Record<RecordKind, number>;

  constructor({ sharesPlaces }: RawStore, start: Cursors) {
    this.#start = start;
    this.#sharesPlaces = sharesPlaces;
    this.#left = forKinds((kind) => start[kind].unnumbered);
  }

  /** Whether cursors have counted this one. */
  takes({ kind, place }: RawRecord): boolean {
    if (place !== null) {
      for (const each of this.#sharesPlaces ? RECORD_KINDS : [kind]) {
        if (this.#left[each] > 0 && isBehind(place, this.#start[each])) this.#left[each] = 0;
      }
      return false;
    }
    if (this.#left[kind] === 0) return false;
    this.#left[kind]--;
    return true;
  }
}

function isBehind(place: string, cursor: Cursor): boolean {
  return cursor.place === null || comparePlaces(place, cursor.place) > 0;
}

/**
 * The cursor of one kind, with the records counted that are still there; null where none of those that
 * it remembers is, and nobody can tell from the store alone where to go on.
 */
export async function foundAgain(
  source: RawStore,
  kind: RecordKind,
  cursor: Cursor,
  signal: AbortSignal | undefined,
): Promise<Cursor | null> {
  if (cursor.unnumbered === 0) return cursor;
  const kinds = new Set([kind]);
  const after = forKinds(() => cursor.place);
  const recent: string[] = [];
  let [count, found] = [0, 0];
  for await (const records of source.read({ kinds, after, ...(signal && { signal }) })) {
    for (const { place, json } of records) {
      if (place !== null || count === cursor.unnumbered) return withCount(cursor, found);
      count++;
      recent.push(digestOf(json));
      if (recent.length > ANCHOR_RECORDS) recent.shift();
      if (endsAlike(recent, cursor.anchor)) found = count;
    }
  }
  return withCount(cursor, found);
}

function withCount(cursor: Cursor, unnumbered: number): Cursor | null {
  return unnumbered === 0 ? null : { ...cursor, unnumbered };
}

// Where the beginning of what is remembered was removed, the rest of it is all that can be there.
function endsAlike(recent: readonly string[], anchor: readonly string[]): boolean {
  const length = Math.min(recent.length, anchor.length);
  return recent.slice(-length).join() === anchor.slice(-length).join();
}

function digestOf(json: string): string {
  return createHash("sha256").update(json).digest("hex").slice(0, 16);
}

/** A cursor, read from a note; null where it is none. */
export function cursorFrom(value: unknown): Cursor | null {
  const { place = null, unnumbered = 0, anchor = [] } = (value ?? {}) as Partial<Cursor>;
  const isValid = isPlace(place) && Number.isSafeInteger(unnumbered) && unnumbered >= 0 &&
    Array.isArray(anchor) && anchor.every((digest) => typeof digest === "string");
  return isValid ? { place, unnumbered, anchor: anchor.slice(-ANCHOR_RECORDS) } : null;
}

/** Whether that is a place, or null for none. */
export function isPlace(value: unknown): value is string | null {
  return value === null || (typeof value === "string" && /^\d{1,20}(?:-\d{1,20})?$/.test(value));
}

/** The kinds that are asked for. */
export function kindsOf(kinds: readonly RecordKind[] | undefined): ReadonlySet<RecordKind> {
  return new Set(kinds === undefined || kinds.length === 0 ? RECORD_KINDS : kinds);
}
