/**
 * A first look at the streams of a store: which there are, and how far they go.
 *
 * @module
 */

import type { RecordKind } from "../../../model/record.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { ServerRefusal } from "../servers/server_error.ts";
import { endFrom, isMissingKey, NO_STREAM, type StreamEnd } from "./stream_end.ts";

/** What a first look found. */
export interface StreamLook {
  /** Whether any of the keys is there. */
  readonly exists: boolean;
  /** The streams that are there. */
  readonly ends: ReadonlyMap<RecordKind, StreamEnd>;
  /** What the keys hold that are no streams. */
  readonly wrongTypes: ReadonlyMap<RecordKind, string>;
}

/** Looks at the streams of some kinds. */
export async function lookAt(
  servers: RedisServers,
  kinds: Iterable<RecordKind>,
): Promise<StreamLook> {
  const ends = new Map<RecordKind, StreamEnd>();
  const wrongTypes = new Map<RecordKind, string>();
  // Asked in one go, which is nearly one moment.
  await Promise.all([...kinds].map(async (kind) => {
    const end = await endOf(servers, kind);
    if (typeof end === "string") wrongTypes.set(kind, end);
    else if (end.exists) ends.set(kind, end);
  }));
  return { exists: ends.size + wrongTypes.size > 0, ends: inOrder(kinds, ends), wrongTypes };
}

/** The streams that are there. Throws NOT_A_STORE where a key is none. */
export async function streamsOf(
  servers: RedisServers,
  kinds: Iterable<RecordKind>,
): Promise<Map<RecordKind, StreamEnd>> {
  const ends = await Promise.all(
    [...kinds].map(async (kind) => [kind, await streamOf(servers, kind)] as const),
  );
  return new Map(ends.filter(([, { exists }]) => exists));
}

/** The last id of each stream. */
export function horizonsOf(streams: ReadonlyMap<RecordKind, StreamEnd>): Map<RecordKind, string> {
  return new Map([...streams].map(([kind, { lastId }]) => [kind, lastId]));
}

async function endOf(servers: RedisServers, kind: RecordKind): Promise<StreamEnd | string> {
  try {
    return await streamOf(servers, kind);
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause;
    if (!(cause instanceof ServerRefusal) || cause.word !== "WRONGTYPE") throw error;
    const key = servers.config.keys.streams[kind];
    return String(await servers.call(key, ["TYPE", key]));
  }
}

async function streamOf(servers: RedisServers, kind: RecordKind): Promise<StreamEnd> {
  const key = servers.config.keys.streams[kind];
  try {
    return endFrom(await servers.call(key, ["XINFO", "STREAM", key], { action: "read" }));
  } catch (error) {
    if (isMissingKey((error as { cause?: unknown }).cause)) return NO_STREAM;
    throw error;
  }
}

function inOrder(
  kinds: Iterable<RecordKind>,
  ends: ReadonlyMap<RecordKind, StreamEnd>,
): Map<RecordKind, StreamEnd> {
  return new Map(
    [...kinds].filter((kind) => ends.has(kind)).map((kind) => [kind, ends.get(kind)!]),
  );
}
