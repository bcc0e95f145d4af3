/**
 * The streams of a store: how large they are, how far their groups are, and what those wait for in vain.
 *
 * @module
 */

import { PapyraError, throwIfAborted } from "../../../errors.ts";
import type { RecordKind } from "../../../model/record.ts";
import type { CheckedGroup, ServerFinding, StreamFacts } from "../../../model/server_report.ts";
import { formatSize } from "../../../model/units.ts";
import { groupsOf } from "../groups/consumer_groups.ts";
import { danglingOf } from "../groups/dangling_entries.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { streamsOf } from "../streams/stream_look.ts";
import { failed, ok, unknown, warning } from "../../../model/finding.ts";

/** So many pending entries of a group are looked at, each of which is a question to the server. */
const LOOKED_MAX = 10_000;

/** A stream, and what to say of it. */
export interface CheckedStream {
  readonly facts: StreamFacts;
  readonly finding: ServerFinding;
}

/** Looks at the stream of a kind. */
export async function checkStream(
  servers: RedisServers,
  kind: RecordKind,
  signal: AbortSignal,
): Promise<CheckedStream> {
  const key = servers.config.keys.streams[kind];
  try {
    const end = (await streamsOf(servers, [kind])).get(kind);
    if (end === undefined) {
      const facts = { kind, key, entries: 0, bytes: 0, groups: [] };
      return { facts, finding: ok(`${key}: not there yet`) };
    }
    const bytes = await memoryOf(servers, key);
    const groups: CheckedGroup[] = [];
    for (const group of await groupsOf(servers, key)) {
      groups.push({ ...group, ...await danglingIn(servers, key, group.name, signal) });
    }
    const facts = { kind, key, entries: end.length, bytes, groups };
    return { facts, finding: findingOf(facts) };
  } catch (error) {
    return {
      facts: { kind, key, entries: null, bytes: null, groups: [] },
      finding: why(key, error),
    };
  }
}

async function memoryOf(servers: RedisServers, key: string): Promise<number | null> {
  try {
    return Number(await servers.call(key, ["MEMORY", "USAGE", key]));
  } catch (error) {
    if (error instanceof PapyraError && error.code === "REFUSED") return null;
    throw error;
  }
}

function findingOf({ key, entries, bytes, groups }: StreamFacts): ServerFinding {
  const dangling = groups.reduce((sum, group) => sum + group.dangling, 0);
  const memory = bytes === null ? "memory unknown" : formatSize(bytes);
  const size = `${key}: ${entries} entries, ${memory}, ${groups.length} groups`;
  const figures = { entries: entries ?? 0, bytes: bytes ?? 0, groups: groups.length, dangling };
  if (dangling === 0) return ok(size, figures);
  const next = "papyra persistence recover --ack-dangling";
  return warning(`${size}; ${dangling} pending entries are gone`, next, figures);
}

function why(key: string, error: unknown): ServerFinding {
  if (!(error instanceof PapyraError)) throw error;
  switch (error.code) {
    case "NOT_A_STORE":
      return failed(null, `${key}: ${error.message}`, "move it out of the way with RENAME");
    case "REFUSED":
      return unknown(`${key}: ${error.message}`, "give the user the rights with ACL SETUSER");
    default:
      throw error;
  }
}

async function danglingIn(
  servers: RedisServers,
  key: string,
  group: string,
  signal: AbortSignal,
): Promise<Pick<CheckedGroup, "dangling" | "looked">> {
  let dangling = 0;
  let looked = 0;
  for await (const page of danglingOf(servers, key, group)) {
    throwIfAborted(signal);
    dangling += page.dangling.length;
    looked += page.looked;
    if (looked >= LOOKED_MAX) break;
  }
  return { dangling, looked };
}
