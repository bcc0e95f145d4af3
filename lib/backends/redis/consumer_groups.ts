/**
 * What the consumer groups of a stream still need.
 *
 * @module
 */

import { compareIds, nextId } from "./entry_id.ts";
import type { RedisServers } from "./redis_servers.ts";

/** A group, and how far it has come. */
export interface ConsumerGroup {
  readonly name: string;
  /** How many entries were given out and not acknowledged. */
  readonly pending: number;
  /** The id of the last entry that was given out. */
  readonly lastDeliveredId: string;
}

/** An entry that was given out and not acknowledged. */
export interface PendingEntry {
  readonly id: string;
  readonly consumer: string;
  /** How often it was given out. */
  readonly deliveries: number;
}

/** The first entry that a group still needs. */
export interface GroupNeed {
  readonly group: string;
  /** Who has it; null where nobody has read it. */
  readonly consumer: string | null;
  /** The group may still need entries with this id and larger ones. */
  readonly fromId: string;
}

const PAGE_ENTRIES = 500;

/** The groups of a stream. */
export async function groupsOf(servers: RedisServers, key: string): Promise<ConsumerGroup[]> {
  const reply = await servers.call(key, ["XINFO", "GROUPS", key], {
    action: "ask about groups of",
  });
  return (reply as readonly (readonly unknown[])[]).map((pairs) => {
    const valueOf = (name: string) => pairs[pairs.indexOf(name) + 1];
    return {
      name: String(valueOf("name")),
      pending: Number(valueOf("pending")),
      lastDeliveredId: String(valueOf("last-delivered-id")),
    };
  });
}

/** What each group of a stream still needs, the one that needs most first. */
export async function needsOf(servers: RedisServers, key: string): Promise<GroupNeed[]> {
  const needs: GroupNeed[] = [];
  for (const { name, pending, lastDeliveredId } of await groupsOf(servers, key)) {
    const oldest = pending === 0 ? undefined : (await pendingPage(servers, key, name, "-", 1))[0];
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
    const page = await pendingPage(servers, key, group, from, PAGE_ENTRIES);
    if (page.length > 0) yield page;
    if (page.length < PAGE_ENTRIES) return;
    from = `(${page.at(-1)!.id}`;
  }
}

async function pendingPage(
  servers: RedisServers,
  key: string,
  group: string,
  from: string,
  count: number,
): Promise<readonly PendingEntry[]> {
  const command = ["XPENDING", key, group, from, "+", `${count}`];
  const reply = await servers.call(key, command, { action: "ask about pending entries of" });
  return (reply as readonly (readonly [string, string, number, number])[])
    .map(([id, consumer, , deliveries]) => ({ id, consumer, deliveries }));
}
