/**
 * Reads a stream page by page, from either end, in constant memory.
 *
 * @module
 */

import { throwIfAborted } from "../../../errors.ts";
import type { RecordKind } from "../../../model/record.ts";
import type { Reply } from "../servers/command.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { entryFrom, type StreamEntry } from "./stream_entry.ts";

/** A part of a stream. */
export interface StreamRange {
  /** The kind of records that the stream is for. */
  readonly kind: RecordKind;
  /** The first id; `-` for any. */
  readonly from: string;
  /** The last id; `+` for any. */
  readonly to: string;
  /** Newest first. @default {false} */
  readonly reverse?: boolean;
}

/** How pages are read. */
export interface PageOptions {
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

// The first page is small, as most that is asked for is; and nobody knows yet how large entries are.
const FIRST_PAGE_ENTRIES = 64;
const PAGE_ENTRIES_MAX = 250;
const PAGE_BYTES = 64 * 1024;

/** Yields the entries of a range, a page at a time; the next one is fetched meanwhile. */
export async function* streamPages(
  servers: RedisServers,
  range: StreamRange,
  { signal }: PageOptions = {},
): AsyncGenerator<readonly StreamEntry[]> {
  let next: Promise<readonly StreamEntry[]> | null = fetchPage(
    servers,
    range,
    FIRST_PAGE_ENTRIES,
    signal,
  );
  try {
    for (let count = FIRST_PAGE_ENTRIES; next !== null;) {
      const page: readonly StreamEntry[] = await next;
      throwIfAborted(signal);
      const last = page.at(-1);
      const isEnd = page.length < count || last === undefined;
      count = nextCount(page);
      next = isEnd ? null : fetchPage(servers, behind(range, last.id), count, signal);
      if (page.length > 0) yield page;
    }
  } finally {
    // Who leaves early does not care what the next page comes to.
    next?.catch(() => {});
  }
}

function nextCount(page: readonly StreamEntry[]): number {
  const bytes = page.reduce((sum, { fields }) => fields.reduce((all, f) => all + f.length, sum), 0);
  const fitting = Math.floor(PAGE_BYTES * page.length / Math.max(1, bytes));
  return Math.max(1, Math.min(PAGE_ENTRIES_MAX, fitting));
}

async function fetchPage(
  servers: RedisServers,
  { kind, from, to, reverse = false }: StreamRange,
  count: number,
  signal: AbortSignal | undefined,
): Promise<readonly StreamEntry[]> {
  const key = servers.config.keys.streams[kind];
  const range = reverse ? ["XREVRANGE", key, to, from] : ["XRANGE", key, from, to];
  const reply = await servers.call(key, [...range, "COUNT", `${count}`], {
    asBytes: true,
    action: "read",
    signal,
  });
  return (reply as readonly Reply[]).map((entry) => entryFrom(entry, kind));
}

function behind(range: StreamRange, id: string): StreamRange {
  return range.reverse ? { ...range, to: `(${id}` } : { ...range, from: `(${id}` };
}
