/** Breakages of following a store. */

import type { Mutation } from "./mutation.ts";

const FOLLOW_LINES = "lib/backends/file/following/follow_lines.ts";
const FOLLOW_PLACE = "lib/backends/file/following/follow_place.ts";
const FOLLOW_SEARCH = "lib/backends/file/following/follow_search.ts";
const FOLLOW_STORE = "lib/backends/file/following/follow_store.ts";
const STORE_WATCH = "lib/backends/file/following/store_watch.ts";

/** Each is a text that stands in a file exactly once, and what is put in its place. */
const EDITS: readonly (readonly [name: string, file: string, from: string, to: string])[] = [
  [
    "a follower trusts the time of a directory that has just changed",
    STORE_WATCH,
    "this.#isSure = file !== null || shown === this.#seen;",
    "this.#isSure = true;",
  ],
  [
    "a file in the place of another is not seen by its identity",
    STORE_WATCH,
    "${found.identity} ${found.size}",
    "${found.size}",
  ],
  [
    "what is recorded while a follower begins comes twice",
    FOLLOW_STORE,
    "isNow(record) && first.matches(record)",
    "first.matches(record)",
  ],
  [
    "a follower ends where a file was replaced that it was yet to open",
    FOLLOW_STORE,
    "        // Maintenance replaced a file that was yet to be opened: the place is kept, and a new look taken.\n" +
    "        if (!(error instanceof PartChanged)) throw error;",
    "        throw error;",
  ],
  [
    "a follower takes what is being written for what is there",
    FOLLOW_STORE,
    "file, { lockTimeoutMs: Infinity, signal }",
    "file, { lockTimeoutMs: 0, signal }",
  ],
  [
    "a follower goes on in the middle of a file that was written anew",
    FOLLOW_STORE,
    "if (!holdsPlace(file, place, to)) {",
    "if (holdsPlace(file, place, to) === null) {",
  ],
  [
    "a follower does not notice a store that was made anew",
    FOLLOW_STORE,
    "    if (found.isOtherStore) throw this.#otherStore();\n",
    "",
  ],
  [
    "a follower takes a store that was cut for another one",
    FOLLOW_STORE,
    "Math.max(newest, durableSeq)",
    "Math.min(newest, durableSeq)",
  ],
  [
    "a follower passes over half a line",
    FOLLOW_LINES,
    "    if (isUnfinished(line)) break;\n",
    "",
  ],
  [
    "a follower takes another record with the last number for that record",
    FOLLOW_LINES,
    "    if (isAnother(line, seen)) return { records, last, lastRecord, lastSeq, isOtherStore: true };\n",
    "",
  ],
  [
    "a follower shows again what a hand put there again",
    FOLLOW_LINES,
    "    if (seq !== null && seq <= cursor.lastSeq) continue;\n",
    "",
  ],
  [
    "a follower knows a record again only as it was written down",
    FOLLOW_PLACE,
    "crc32(JSON.stringify(valueOf(bytes, verdict)))",
    "crc32(bytes)",
  ],
  [
    "a follower begins behind half a line",
    FOLLOW_SEARCH,
    "isUnfinished(line) ? placeAt(identity, line.offset) : placeBehind(identity, line)",
    "placeBehind(identity, line)",
  ],
  [
    "a follower believes the number of a damaged line",
    FOLLOW_SEARCH,
    '  if (verdict.state === "damaged") return null;\n',
    "",
  ],
  [
    "a follower learns nothing from a checkpoint",
    FOLLOW_SEARCH,
    "return value === null ? null : decodeCheckpoint(value)?.to ?? null;",
    "return value === null ? 0 : null;",
  ],
  [
    "a follower misses segments behind an old file",
    FOLLOW_SEARCH,
    "if (newer === undefined || newer.base >= found.start) return found;",
    "if (newer !== null) return found;",
  ],
];

/** All of them. */
export const FOLLOWING_MUTATIONS: readonly Mutation[] = EDITS.map(([name, file, from, to]) => ({
  name,
  edits: [{ file, from, to }],
  caughtBy: ["following"],
}));
