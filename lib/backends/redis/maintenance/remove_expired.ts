/**
 * Does what a compaction planned for one stream. Doing it twice does no harm.
 *
 * @module
 */

import type { KindCompaction } from "./compaction_plan.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { verdictOn } from "../streams/stream_entry.ts";
import { streamPages } from "../streams/stream_pages.ts";

/** Removes what expired; how many an approximate trim left, which `plan.removed` then lacks. */
export async function removeExpired(
  servers: RedisServers,
  plan: KindCompaction,
  trim: "exact" | "approx",
): Promise<number> {
  const key = servers.config.keys.streams[plan.kind];
  const action = "trim";
  if (plan.trimmed > 0) {
    const how = trim === "exact" ? "=" : "~";
    await servers.call(key, ["XTRIM", key, "MINID", how, plan.trimTo], { action });
  }
  await deleteBehind(servers, plan);
  return trim === "approx" && plan.trimmed > 0 ? await takeBackLeft(servers, plan) : 0;
}

async function deleteBehind(servers: RedisServers, plan: KindCompaction): Promise<void> {
  const { kind, trimTo, lastBehind, goes } = plan;
  if (lastBehind === null) return;
  const key = servers.config.keys.streams[kind];
  for await (const page of streamPages(servers, { kind, from: trimTo, to: lastBehind })) {
    const ids = page.filter((entry) => goes(entry, verdictOn(entry))).map(({ id }) => id);
    if (ids.length > 0) await servers.call(key, ["XDEL", key, ...ids], { action: "trim" });
  }
}

async function takeBackLeft(
  servers: RedisServers,
  { kind, trimTo, removed }: KindCompaction,
): Promise<number> {
  let left = 0;
  for await (const page of streamPages(servers, { kind, from: "-", to: `(${trimTo}` })) {
    for (const entry of page) {
      removed.take(entry, verdictOn(entry));
      left++;
    }
  }
  return left;
}
