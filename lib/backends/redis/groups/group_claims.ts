/**
 * Taking over entries that other consumers were given.
 *
 * XCLAIM and XAUTOCLAIM of Redis 7 drop pending entries that are gone from the stream, without a word.
 * So it is looked first which of them are there; the others stay pending and are told.
 *
 * @module
 */

import type { ClaimReport, ConsumedEntry, PendingEntry } from "../../../model/consumer_group.ts";
import type { Reply } from "../servers/command.ts";
import { consumedEntry } from "./consumed_entry.ts";
import { pendingPage } from "./consumer_groups.ts";
import { type ConsumerContext, sendOnce } from "./group_context.ts";
import { bury, isOverdue } from "./group_dead_letters.ts";
import { fetchEntry } from "./group_reader.ts";
import { entryFrom } from "../streams/stream_entry.ts";

/** Takes over those entries of `ids` that are pending and idle for long enough. */
export async function claimEntries(
  context: ConsumerContext,
  ids: readonly string[],
  minIdleMs: number,
): Promise<ClaimReport> {
  const { servers, key, group, signal } = context;
  const found = await Promise.all(
    ids.map((id) => pendingPage(servers, key, group, { from: id, to: id, count: 1, signal })),
  );
  return await claimPending(context, found.flat(), minIdleMs);
}

/** Takes over what is pending, where it still is. */
export async function claimPending(
  context: ConsumerContext,
  page: readonly PendingEntry[],
  minIdleMs: number,
): Promise<ClaimReport> {
  const isThere = await Promise.all(page.map(({ id }) => exists(context, id)));
  const dangling = page.filter((_, index) => !isThere[index]);
  const wanted = page.filter((_, index) => isThere[index]);
  const claimed = await claimThere(context, wanted, minIdleMs);
  const deadLettered: PendingEntry[] = [];
  const entries: ConsumedEntry[] = [];
  for (const pending of wanted) {
    const entry = claimed.get(pending.id);
    if (entry === undefined) {
      // Not idle long enough, acknowledged, or removed in this very moment: only that has to be told.
      if (!await exists(context, pending.id)) dangling.push(pending);
    } else if (isOverdue(context, pending)) {
      await bury(context, consumedEntry(entry, pending.deliveries), pending);
      deadLettered.push(pending);
    } else entries.push(consumedEntry(entry, pending.deliveries + 1));
  }
  return { entries, dangling, deadLettered };
}

async function claimThere(
  context: ConsumerContext,
  page: readonly PendingEntry[],
  minIdleMs: number,
) {
  if (page.length === 0) return new Map();
  const { key, kind, group, consumer } = context;
  const ids = page.map(({ id }) => id);
  const command = ["XCLAIM", key, group, consumer, `${minIdleMs}`, ...ids];
  const reply = await sendOnce(context, "claim entries of", command) as readonly Reply[];
  const entries = reply.filter((entry) => entry !== null).map((entry) => entryFrom(entry, kind));
  return new Map(entries.map((entry) => [entry.id, entry]));
}

async function exists(context: ConsumerContext, id: string): Promise<boolean> {
  return await fetchEntry(context, id) !== null;
}
