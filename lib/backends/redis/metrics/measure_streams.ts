/**
 * How a store on Redis is, told by the server and by the entries at both ends of its streams.
 *
 * @module
 */

import type { MeasuredStore } from "../../../backend/store_metrics.ts";
import { RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import type { Reply } from "../servers/command.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { entryFrom, verdictOn } from "../streams/stream_entry.ts";
import { quarantineKey } from "../config/stream_keys.ts";
import { lookAt } from "../streams/stream_look.ts";

/** Measures the streams of a store. */
export async function measureStreams(servers: RedisServers): Promise<MeasuredStore> {
  const { streams, quarantine } = servers.config.keys;
  const { exists, ends } = await lookAt(servers, RECORD_KINDS);
  const byKind = async <T>(of: (kind: RecordKind) => Promise<T>, otherwise: T) => {
    const pairs = RECORD_KINDS.map(async (
      kind,
    ) => [kind, ends.has(kind) ? await of(kind) : otherwise]);
    return Object.fromEntries(await Promise.all(pairs)) as { readonly [K in RecordKind]: T };
  };
  return {
    exists,
    records: await byKind((kind) => Promise.resolve(ends.get(kind)!.length), 0),
    bytes: await memoryOf(servers, [...ends.keys()].map((kind) => streams[kind])),
    oldest_at: await byKind((kind) => timeOf(servers, kind, "oldest"), null),
    newest_at: await byKind((kind) => timeOf(servers, kind, "newest"), null),
    segments: null,
    quarantine_bytes: await memoryOf(
      servers,
      Object.values(streams).map((source) => quarantineKey(quarantine, source)),
    ),
    disk_free_bytes: null,
  };
}

/** What keys take of a server's memory; nothing, where they are not there. */
export async function memoryOf(servers: RedisServers, keys: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    keys.map((key) => servers.call(key, ["MEMORY", "USAGE", key], { action: "measure" })),
  );
  return sizes.reduce<number>((sum, size) => sum + Number(size), 0);
}

async function timeOf(
  servers: RedisServers,
  kind: RecordKind,
  which: "oldest" | "newest",
): Promise<number | null> {
  const key = servers.config.keys.streams[kind];
  const range = which === "oldest" ? ["XRANGE", key, "-", "+"] : ["XREVRANGE", key, "+", "-"];
  const [entry] = await servers.call(key, [...range, "COUNT", "1"], {
    asBytes: true,
    action: "read",
  }) as readonly Reply[];
  return entry === undefined ? null : verdictOn(entryFrom(entry, kind)).timestamp;
}
