/**
 * The consumer groups of a stream, what they wait for and what they still need.
 *
 * @module
 */

import type {
  ConsumerGroup,
  GroupConsumer,
  PendingEntry,
  PendingSummary,
} from "../../../model/consumer_group.ts";
import { compareIds, nextId } from "../streams/entry_id.ts";
import type { RedisServers } from "../servers/redis_servers.ts";

/** The first entry that a group still needs. */
export interface GroupNeed {
  readonly group: string;
  /** Who has it; null where nobody has read it. */
  readonly consumer: string | null;
  /** The group may still need entries with this id and larger ones. */
  readonly fromId: string;
}

/** Which part of what a group waits for. */
export interface PendingRange {
  /** The first id. @default {"-"} (any) */
  readonly from?: string;
  /** The last id. @default {"+"} (any) */
  readonly to?: string;
  /** The most entries. */
  readonly count: number;
  /** Only what this consumer has. */
  readonly consumer?: string;
  /** Only what was given out at least so long ago. @default {0} */
  readonly minIdleMs?: number;
  /** Stops waiting. */
  readonly signal?: AbortSignal | undefined;
}

type Summary = readonly [
  pending: number,
  firstId: string | null,
  lastId: string | null,
  consumers: readonly (readonly [name: string, pending: string])[] | null,
];

const PAGE_ENTRIES = 500;
const ASK = "ask about pending entries of";

/** The groups of a stream. Throws what names the missing key where there is none. */
export async function groupsOf(servers: RedisServers, key: string): Promise<ConsumerGroup[]> {
  const reply = await servers.call(key, ["XINFO", "GROUPS", key], {
    action: "ask about groups of",
  });
  return rowsOf(reply).map((row) => ({
    name: String(row.get("name")),
    consumers: Number(row.get("consumers")),
    pending: Number(row.get("pending")),
    lastDeliveredId: String(row.get("last-delivered-id")),
    entriesRead: countOrNull(row.get("entries-read")),
    lag: countOrNull(row.get("lag")),
  }));
}

/** The consumers of a group. */
export async function consumersOf(
  servers: RedisServers,
  key: string,
  group: string,
): Promise<GroupConsumer[]> {
  const reply = await servers.call(key, ["XINFO", "CONSUMERS", key, group], {
    action: "ask about consumers of",
  });
  return rowsOf(reply).map((row) => ({
    name: String(row.get("name")),
    pending: Number(row.get("pending")),
    idleSeconds: Number(row.get("idle")) / 1000,
  }));
}

/** What a group waits for, in short. */
export async function summaryOf(
  servers: RedisServers,
  key: string,
  group: string,
): Promise<PendingSummary> {
  const reply = await servers.call(key, ["XPENDING", key, group], { action: ASK });
  const [pending, firstId, lastId, consumers] = reply as unknown as Summary;
  return {
    pending,
    firstId,
    lastId,
    consumers: (consumers ?? []).map(([name, count]) => ({ name, pending: Number(count) })),
  };
}

/** What each group of a stream still needs, the one that needs most first. */
export async function needsOf(servers: RedisServers, key: string): Promise<GroupNeed[]> {
  const needs: GroupNeed[] = [];
  for (const { name, pending, lastDeliveredId } of await groupsOf(servers, key)) {
    const [oldest] = pending === 0 ? [] : await pendingPage(servers, key, name, { count: 1 });
    needs.push({
      group: name,
      consumer: oldest?.consumer ?? null,
      fromId: oldest?.id ?? nextId(lastDeliveredId),
    });
  }
  return needs.sort((one, other) => compareIds(one.fromId, other.fromId));
}

/** Yields what a group waits for, a page at a time, oldest first. */
export async function* pendingPages(
  servers: RedisServers,
  key: string,
  group: string,
): AsyncGenerator<readonly PendingEntry[]> {
  for (let from = "-";;) {
    const page = await pendingPage(servers, key, group, { from, count: PAGE_ENTRIES });
    if (page.length > 0) yield page;
    if (page.length < PAGE_ENTRIES) return;
    from = `(${page.at(-1)!.id}`;
  }
}

/** A page of what a group waits for, oldest first. */
export async function pendingPage(
  servers: RedisServers,
  key: string,
  group: string,
  { from = "-", to = "+", count, consumer, minIdleMs = 0, signal }: PendingRange,
): Promise<readonly PendingEntry[]> {
  const idle = minIdleMs > 0 ? ["IDLE", `${minIdleMs}`] : [];
  const whose = consumer === undefined ? [] : [consumer];
  const command = ["XPENDING", key, group, ...idle, from, to, `${count}`, ...whose];
  const reply = await servers.call(key, command, { action: ASK, signal });
  return (reply as readonly (readonly [string, string, number, number])[])
    .map(([id, holder, idleMs, deliveries]) => ({
      id,
      consumer: holder,
      idleSeconds: idleMs / 1000,
      deliveries,
    }));
}

function rowsOf(reply: unknown): ReadonlyMap<unknown, unknown>[] {
  return (reply as readonly (readonly unknown[])[]).map((pairs) =>
    new Map(pairs.flatMap((name, at) => at % 2 === 0 ? [[name, pairs[at + 1]]] : []))
  );
}

function countOrNull(count: unknown): number | null {
  return typeof count === "number" ? count : null;
}
