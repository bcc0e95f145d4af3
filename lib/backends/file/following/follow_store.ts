/**
 * Follows a store: what is there already, then what is recorded, whatever becomes of the files.
 *
 * @module
 */

import type { CheckedFollow } from "../../../backend/checked_follow.ts";
import { FollowCursor } from "../../../backend/follow_cursor.ts";
import type { PapyraError } from "../../../errors.ts";
import type { StoredRecord } from "../../../model/record.ts";
import { lineEndBefore } from "../../../storage/lines/backward_reader.ts";
import { openIfThere } from "../../../storage/whole_file.ts";
import type { FileStore } from "../store/file_store.ts";
import {
  type FilePlace,
  holdsPlace,
  placeAt,
  placeBehind,
  type SeenRecord,
  seenRecord,
} from "./follow_place.ts";
import { findEnd, findPlace } from "./follow_search.ts";
import { takeLines } from "./follow_lines.ts";
import { readStore } from "../reading/read_store.ts";
import { type StoreLine, storeLines } from "../store/store_lines.ts";
import { PartChanged, partLines } from "../store/store_part.ts";
import { lockedHorizon, openView, readableHorizon, type StoreView } from "../store/store_view.ts";
import { StoreWatch } from "./store_watch.ts";

type Batches = AsyncGenerator<readonly StoredRecord[]>;

/** Yields batches of records as they come, and an empty one before each wait. Never ends by itself. */
export async function* followStore(store: FileStore, query: CheckedFollow): Batches {
  const watch = new StoreWatch(store.fileSystem, store.paths);
  const follower = new Follower(store, query);
  watch.look();
  yield* follower.begin();
  for (;;) {
    yield [];
    await watch.changed(query.signal);
    yield* follower.goOn();
  }
}

class Follower {
  readonly #store: FileStore;
  readonly #query: CheckedFollow;
  readonly #cursor: FollowCursor;
  // Null while there is no file, or where the place in it was lost.
  #place: FilePlace | null = null;
  #seen: SeenRecord | null = null;

  constructor(store: FileStore, query: CheckedFollow) {
    this.#store = store;
    this.#query = query;
    this.#cursor = new FollowCursor(store.paths.active, query.afterSeq);
  }

  /** Takes its place at the end of what is there, and yields what of that is to come first. */
  async *begin(): Batches {
    const { first } = this.#query;
    const { view, newest } = await this.#takePlace();
    try {
      // Should the read have to look anew, it may find what is to come later.
      const isNow = ({ seq }: StoredRecord): boolean => (seq ?? 0) <= (newest ?? Infinity);
      const matches = (record: StoredRecord): boolean => isNow(record) && first.matches(record);
      yield* readStore(this.#store, { ...first, matches }, view);
    } finally {
      await view.close();
    }
  }

  /** Yields what came since. */
  async *goOn(): Batches {
    if (this.#place !== null && (yield* this.#goOnInFile(this.#place))) return;
    for (;;) {
      try {
        return yield* this.#goOnInStore();
      } catch (error) {
        // Maintenance replaced a file that was yet to be opened: the place is kept, and a new look taken.
        if (!(error instanceof PartChanged)) throw error;
      }
    }
  }

  /** Goes on in the active file; false where that is not the one that was read last. */
  async *#goOnInFile(place: FilePlace): AsyncGenerator<readonly StoredRecord[], boolean> {
    const { fileSystem, paths } = this.#store;
    const file = await openIfThere(fileSystem, paths.active, true);
    if (file === null) return false;
    try {
      if (file.stat().identity !== place.identity) return false;
      const { signal } = this.#query;
      const look = await lockedHorizon(this.#store, file, { lockTimeoutMs: Infinity, signal });
      if (look === null || look.path !== paths.active) return false;
      const to = look.isSettled ? look.horizon : await lineEndBefore(file, look.horizon);
      if (!holdsPlace(file, place, to)) {
        this.#place = null;
        return false;
      }
      const range = { from: place.end, to };
      const lines = storeLines({ file, path: look.path, base: 0 }, range, signal);
      yield* this.#take(lines, place);
      return true;
    } finally {
      await file.close();
    }
  }

  /** Finds the place again, and goes on through all files behind it. */
  async *#goOnInStore(): Batches {
    const view = await this.#openView();
    try {
      const horizon = await readableHorizon(view);
      const start = await this.#startIn(view, horizon);
      for (const part of view.parts) {
        const to = part === view.parts.at(-1) ? horizon : part.horizon;
        if (part.base + to < start) continue;
        const place = placeAt(part.identity, Math.max(0, start - part.base));
        yield* this.#take(partLines(part, this.#query.signal, { from: place.end, to }), place);
      }
    } finally {
      await view.close();
    }
  }

  async #takePlace(): Promise<{ readonly view: StoreView; readonly newest: number | null }> {
    for (;;) {
      const view = await this.#openView();
      try {
        const horizon = await readableHorizon(view);
        const { place, seen, newest } = await findEnd(view, horizon, this.#query.signal);
        await this.#assertReached(newest);
        this.#cursor.skipTo(newest ?? 0);
        this.#place = place;
        this.#seen = seen;
        return { view, newest };
      } catch (error) {
        await view.close();
        if (!(error instanceof PartChanged)) throw error;
      }
    }
  }

  async #startIn(view: StoreView, horizon: number): Promise<number> {
    const place = this.#place;
    const part = view.parts.find(({ identity }) => identity === place?.identity);
    if (place !== null && part !== undefined && part.horizon >= place.end) {
      return part.base + place.end;
    }
    const { lastSeq } = this.#cursor;
    if (lastSeq === 0 && this.#seen === null) return 0;
    const known = { lastSeq, seen: this.#seen };
    const found = await findPlace(view, horizon, known, this.#query.signal);
    if (found.isOtherStore) throw this.#otherStore();
    await this.#assertReached(found.newest);
    return found.start;
  }

  async #assertReached(newest: number | null): Promise<void> {
    if (newest === null || newest >= this.#cursor.lastSeq) return;
    // What was cut off by hand shows in no line, and its numbers are not given again all the same.
    const { durableSeq } = await this.#store.sidecar.readState();
    this.#cursor.assertReached(Math.max(newest, durableSeq));
  }

  /** Yields the records of lines behind `place`, and notes with each batch how far they were read. */
  async *#take(batches: AsyncIterable<readonly StoreLine[]>, place: FilePlace): Batches {
    this.#place = place;
    let newest: number | null = null;
    for await (const lines of batches) {
      const taken = takeLines(lines, this.#query, this.#cursor, this.#seen);
      if (taken.last !== null) this.#place = placeBehind(place.identity, taken.last);
      if (taken.lastRecord !== null) this.#seen = seenRecord(taken.lastRecord);
      newest = taken.lastSeq ?? newest;
      if (taken.records.length > 0) yield taken.records;
      if (taken.isOtherStore) throw this.#otherStore();
    }
    await this.#assertReached(newest);
  }

  #otherStore(): PapyraError {
    return this.#cursor.reset("another record has that number");
  }

  #openView(): Promise<StoreView> {
    // What a write that is under way has done so far may yet be undone.
    return openView(this.#store, { lockTimeoutMs: Infinity, signal: this.#query.signal });
  }
}
