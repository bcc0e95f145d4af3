/**
 * Entries that a consumer group waits for and that are gone from the stream.
 *
 * XCLAIM and XAUTOCLAIM of Redis 7 drop them without a word; reading what is pending does not.
 *
 * @module
 */

import type { PendingEntry } from "../../../model/consumer_group.ts";
import { groupsOf, pendingPages } from "./consumer_groups.ts";
import type { RedisServers } from "../servers/redis_servers.ts";

/** Some of them, of one group. */
export interface DanglingEntries {
  readonly group: string;
  readonly entries: readonly PendingEntry[];
}

/** What a page of what a group waits for came to. */
export interface DanglingPage {
  /** Those that are gone. */
  readonly dangling: readonly PendingEntry[];
  /** How many were looked at. */
  readonly looked: number;
}

/** Yields them group by group, a page at a time. */
export async function* danglingEntries(
  servers: RedisServers,
  key: string,
): AsyncGenerator<DanglingEntries> {
  for (const { name, pending } of await groupsOf(servers, key)) {
    if (pending === 0) continue;
    for await (const { dangling } of danglingOf(servers, key, name)) {
      if (dangling.length > 0) yield { group: name, entries: dangling };
    }
  }
}

/** Looks at what one group waits for, a page at a time, oldest first. */
export async function* danglingOf(
  servers: RedisServers,
  key: string,
  group: string,
): AsyncGenerator<DanglingPage> {
  for await (const page of pendingPages(servers, key, group)) {
    const isThere = await Promise.all(page.map(({ id }) => exists(servers, key, id)));
    yield { dangling: page.filter((_, index) => !isThere[index]), looked: page.length };
  }
}

/** Acknowledges those of every group; how many. */
export async function acknowledgeDangling(servers: RedisServers, key: string): Promise<number> {
  let acknowledged = 0;
  for await (const { group, entries } of danglingEntries(servers, key)) {
    const ids = entries.map(({ id }) => id);
    acknowledged += Number(
      await servers.call(key, ["XACK", key, group, ...ids], { action: "acknowledge in" }),
    );
  }
  return acknowledged;
}

async function exists(servers: RedisServers, key: string, id: string): Promise<boolean> {
  const found = await servers.call(key, ["XRANGE", key, id, id], { action: "read" });
  return (found as readonly unknown[]).length > 0;
}
