/**
 * Reads records of the kinds asked for, in the order in which they were written.
 *
 * @module
 */

import type { CheckedQuery } from "../../../backend/checked_query.ts";
import type { RecordKind, StoredRecord } from "../../../model/record.ts";
import { planRetention } from "../../../model/retention.ts";
import { compareIds, FIRST_ID } from "../streams/entry_id.ts";
import { mergeStreams } from "./merge_streams.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { findStreamCutoffs } from "./stream_cutoffs.ts";
import { decodeEntry, type StreamEntry, verdictOn } from "../streams/stream_entry.ts";
import { horizonsOf, streamsOf } from "../streams/stream_look.ts";
import { streamPages, type StreamRange } from "../streams/stream_pages.ts";

// So many records are held to turn them round; what is more is found first, and then read forwards.
const HELD_RECORDS_MAX = 10_000;
const LAST_NUMBER = "18446744073709551615";

/**
 * Yields batches of the records that `query` asks for, up to the given last id of each stream; of
 * those that are there when it begins, where none is given.
 */
export async function* readStreams(
  servers: RedisServers,
  query: CheckedQuery,
  given?: ReadonlyMap<RecordKind, string>,
): AsyncGenerator<readonly StoredRecord[]> {
  if (query.limit === 0) return;
  const horizons = given ?? horizonsOf(await streamsOf(servers, query.kinds));
  if (horizons.size === 0) return;
  const look: Look = { servers, query, horizons };
  if (query.reverse) {
    for await (const batch of newestFirst(look)) yield batch.map(({ record }) => record);
  } else if (query.limit <= HELD_RECORDS_MAX) {
    const held: StoredRecord[] = [];
    for await (const batch of newestFirst(look)) held.push(...batch.map(({ record }) => record));
    if (held.length > 0) yield held.reverse();
  } else {
    yield* oldestFirst(look, query.limit === Infinity ? null : await startOfNewest(look));
  }
}

interface Look {
  readonly servers: RedisServers;
  readonly query: CheckedQuery;
  readonly horizons: ReadonlyMap<RecordKind, string>;
}

interface Found {
  readonly entry: StreamEntry;
  readonly record: StoredRecord;
}

async function* newestFirst(look: Look): AsyncGenerator<readonly Found[]> {
  const { query } = look;
  const plan = planRetention(query.retention, query.nowSeconds);
  const keeps = ({ kind, bytes }: StreamEntry, timestamp: number | null) =>
    plan.keeps(kind, timestamp, bytes);
  const streams = [...look.horizons.keys()].map((kind) =>
    untilExhausted(pagesOf(look, kind, "-", true), () => plan.isExhausted(kind))
  );
  let wanted = query.limit;
  for await (const page of mergeStreams(streams, true)) {
    const found = selected(page, query, keeps).slice(0, wanted);
    if (found.length > 0) yield found;
    wanted -= found.length;
    if (wanted === 0) return;
  }
}

async function* untilExhausted(
  pages: AsyncIterable<readonly StreamEntry[]>,
  isExhausted: () => boolean,
): AsyncGenerator<readonly StreamEntry[]> {
  if (isExhausted()) return;
  for await (const page of pages) {
    yield page;
    if (isExhausted()) return;
  }
}

async function* oldestFirst(
  look: Look,
  from: ReadonlyMap<RecordKind, string> | null,
): AsyncGenerator<readonly StoredRecord[]> {
  const { servers, query, horizons } = look;
  const kinds = [...horizons.keys()].filter((kind) => from === null || from.has(kind));
  const cutoffs = await findStreamCutoffs(servers, { ...query, horizons, kinds: new Set(kinds) });
  const keeps = ({ kind, id }: StreamEntry, timestamp: number | null) =>
    cutoffs.keeps(kind, id, timestamp);
  const streams = kinds.map((kind) =>
    pagesOf(look, kind, from?.get(kind) ?? cutoffs.keptFrom(kind), false)
  );
  if (streams.length === 0) return;
  let wanted = query.limit;
  for await (const page of mergeStreams(streams, false)) {
    const records = selected(page, query, keeps).slice(0, wanted).map(({ record }) => record);
    if (records.length > 0) yield records;
    wanted -= records.length;
    if (wanted === 0) return;
  }
}

/** Where the newest so many records begin, by kind. */
async function startOfNewest(look: Look): Promise<Map<RecordKind, string>> {
  const quietly = { ...look, query: { ...look.query, onSkipped: () => {} } };
  const from = new Map<RecordKind, string>();
  for await (const batch of newestFirst(quietly)) {
    for (const { entry } of batch) from.set(entry.kind, entry.id);
  }
  return from;
}

function selected(
  page: readonly StreamEntry[],
  query: CheckedQuery,
  keeps: (entry: StreamEntry, timestamp: number | null) => boolean,
): Found[] {
  const found: Found[] = [];
  for (const entry of page) {
    const verdict = verdictOn(entry);
    if (verdict.code === "UNKNOWN_KIND") continue;
    const record = decodeEntry(entry, verdict);
    if (record === null) query.onSkipped();
    else if (keeps(entry, verdict.timestamp) && query.matches(record)) {
      found.push({ entry, record });
    }
  }
  return found;
}

function pagesOf(
  { servers, query, horizons }: Look,
  kind: RecordKind,
  from: string,
  reverse: boolean,
): AsyncGenerator<readonly StreamEntry[]> {
  const range = { kind, from, to: horizons.get(kind)!, reverse };
  return streamPages(servers, query.byId ? narrowed(range, query) : range, {
    signal: query.signal,
  });
}

/** The part of a range that arrived within the times asked for. */
function narrowed(range: StreamRange, { since, until }: CheckedQuery): StreamRange {
  const { from, to } = range;
  const earliest = since > 0 ? `${Math.floor(since * 1000)}-0` : FIRST_ID;
  const isLater = since !== -Infinity && (from === "-" || compareIds(from, earliest) < 0);
  const latest = `${Math.max(0, Math.floor(until * 1000))}-${LAST_NUMBER}`;
  const isEarlier = until !== Infinity && compareIds(latest, to) < 0;
  return { ...range, from: isLater ? earliest : from, to: isEarlier ? latest : to };
}
