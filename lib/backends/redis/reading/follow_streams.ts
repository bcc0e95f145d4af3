/**
 * Follows streams: what is there first, then every entry as it comes.
 *
 * @module
 */

import type { CheckedFollow } from "../../../backend/checked_follow.ts";
import type { StoredRecord } from "../../../model/record.ts";
import { compareDigits, FIRST_ID, millisecondsOf } from "../streams/entry_id.ts";
import { mergeStreams } from "./merge_streams.ts";
import { readStreams } from "./read_streams.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { decodeEntry, type StreamEntry, verdictOn } from "../streams/stream_entry.ts";
import { FEED_PAGE_ENTRIES, openFeed } from "./stream_feed.ts";
import { horizonsOf, streamsOf } from "../streams/stream_look.ts";

/** Yields batches of records; an empty one says that it waits for the next. */
export async function* followStreams(
  servers: RedisServers,
  query: CheckedFollow,
): AsyncGenerator<readonly StoredRecord[]> {
  const { kinds, signal } = query;
  const horizons = horizonsOf(await streamsOf(servers, kinds));
  yield* readStreams(servers, query.first, horizons);
  const seen = new Map([...kinds].map((kind) => [kind, horizons.get(kind) ?? FIRST_ID]));
  const feed = openFeed(servers, seen.keys(), signal);
  try {
    for (let isCaughtUp = true;;) {
      if (isCaughtUp) yield [];
      const pages = await feed.next(seen);
      isCaughtUp = pages.every((page) => page.length < FEED_PAGE_ENTRIES);
      const due = isCaughtUp ? pages : upToShortest(pages);
      for (const page of due) seen.set(page[0]!.kind, page.at(-1)!.id);
      for await (const entries of mergeStreams(due.map(inOnePage), false)) {
        const records = entries.map((entry) => asked(entry, query)).filter((r) => r !== null);
        if (records.length > 0) yield records;
      }
    }
  } finally {
    feed.close();
  }
}

// Behind a full page there is more, and what other streams got later has to wait for it.
function upToShortest(pages: readonly (readonly StreamEntry[])[]): (readonly StreamEntry[])[] {
  const ends = pages.filter((page) => page.length === FEED_PAGE_ENTRIES)
    .map((page) => millisecondsOf(page.at(-1)!.id));
  const end = ends.reduce((one, other) => compareDigits(one, other) <= 0 ? one : other);
  return pages
    .map((page) => page.filter(({ id }) => compareDigits(millisecondsOf(id), end) <= 0))
    .filter((page) => page.length > 0);
}

async function* inOnePage(page: readonly StreamEntry[]): AsyncGenerator<readonly StreamEntry[]> {
  yield page;
}

function asked(entry: StreamEntry, query: CheckedFollow): StoredRecord | null {
  const verdict = verdictOn(entry);
  if (verdict.code === "UNKNOWN_KIND") return null;
  const record = decodeEntry(entry, verdict);
  if (record === null) query.onSkipped();
  return record !== null && query.matches(record) ? record : null;
}
