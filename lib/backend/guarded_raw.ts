/**
 * What copies go by, as long as the store is open.
 *
 * @module
 */

import type { Lifecycle } from "./lifecycle.ts";
import type { RawPrimitives, RawStore } from "./raw_store.ts";

/** Lets calls in only while the store is open. */
export function guardedRaw(
  raw: RawPrimitives,
  append: RawStore["append"],
  life: Lifecycle,
): RawStore {
  return {
    append,
    sharesPlaces: raw.sharesPlaces,
    identity: () => life.run(() => raw.identity()),
    read: (query) => ({
      [Symbol.asyncIterator]: () => life.guard(() => raw.read(query), query.signal),
    }),
    ends: () => life.run(() => raw.ends()),
    readNotes: () => life.run(() => raw.readNotes()),
    maintain: (operation, options, body) =>
      life.run(() => raw.maintain(operation, options, body), options.signal),
  };
}
