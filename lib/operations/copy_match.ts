/**
 * Finds out by their content which records of a source a target holds already.
 *
 * @module
 */

import type { RawQuery, RawRecord, RawStore } from "../backend/raw_store.ts";
import type { RecordKind } from "../model/record.ts";
import {
  AT_START,
  CountedRecords,
  type Cursor,
  type Cursors,
  CursorTracker,
  forKinds,
  placesOf,
} from "./copy_cursor.ts";

/** Which records of a source. */
export interface SourceQuery extends Omit<RawQuery, "after"> {
  /** Behind these places. */
  readonly from: Cursors;
}

/** Which records of one kind to look for, and where. */
export interface MatchQuestion {
  readonly source: RawStore;
  readonly target: RawStore;
  readonly kind: RecordKind;
  /** Source records behind this place. */
  readonly from: Cursor;
  /** And up to this one; null for all. */
  readonly to: Cursor | null;
  /** Target records behind this place. */
  readonly behind: string | null;
  /** Whether a source record is asked for. */
  readonly isAskedFor: (record: RawRecord) => boolean;
  readonly signal: AbortSignal | undefined;
  /** Called now and then with how much of the target was read. */
  readonly onSearched?: (done: number, total: number) => void;
}

/** How many are there. */
export interface Match {
  /** Where the last one stands in the source that the target has. */
  readonly cursor: Cursor;
  /** How many it has. */
  readonly records: number;
  /** The first that it does not have; null where it has all. */
  readonly missing: RawRecord | null;
}

/** Yields the records of a source behind a place. */
export async function* recordsBehind(
  source: RawStore,
  { from, ...query }: SourceQuery,
): AsyncGenerator<readonly RawRecord[]> {
  const counted = new CountedRecords(source, from);
  for await (const records of source.read({ ...query, after: placesOf(from) })) {
    yield records.filter((record) => !counted.takes(record));
  }
}

/**
 * Looks for the source's records in the target, in their order; others may stand between them there.
 * It ends with the first that is missing.
 */
export async function matchKind(question: MatchQuestion): Promise<Match> {
  const { source, target, kind, from: start, to, behind, isAskedFor, signal, onSearched } =
    question;
  const kinds = new Set([kind]);
  const options = { kinds, ...(signal && { signal }) };
  const from = forKinds((each) => each === kind ? start : AT_START);
  const tracker = new CursorTracker(source, from);
  const search = { ...options, ...(onSearched && { onProgress: onSearched }) };
  await using texts = new TextSearch(target.read({ ...search, after: forKinds(() => behind) }));
  let found = { cursor: start, records: 0 };
  for await (const batch of recordsBehind(source, { ...options, from })) {
    for (const record of batch) {
      tracker.advance(record);
      if (to !== null && !tracker.isWithin(kind, to)) return { ...found, missing: null };
      if (!isAskedFor(record)) continue;
      if (!await texts.find(record.json)) return { ...found, missing: record };
      found = { cursor: tracker.of(kind), records: found.records + 1 };
    }
  }
  return { ...found, missing: null };
}

/** Goes through records for texts, one behind the other. */
class TextSearch implements AsyncDisposable {
  readonly #batches: AsyncIterator<readonly RawRecord[]>;
  #batch: readonly RawRecord[] = [];
  #index = 0;

  constructor(records: AsyncIterable<readonly RawRecord[]>) {
    this.#batches = records[Symbol.asyncIterator]();
  }

  /** Goes on to the next record with this text; false where there is none. */
  async find(json: string): Promise<boolean> {
    for (;;) {
      while (this.#index < this.#batch.length) {
        if (this.#batch[this.#index++]!.json === json) return true;
      }
      const { done = false, value } = await this.#batches.next();
      if (done) return false;
      this.#batch = value;
      this.#index = 0;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#batches.return?.();
  }
}
