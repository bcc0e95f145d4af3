/**
 * `papyra redis pending`.
 *
 * @module
 */

import type { GroupBackend, PendingQuery } from "../../backend/group_backend.ts";
import { PapyraError } from "../../errors.ts";
import type { PendingEntry } from "../../model/consumer_group.ts";
import type { RecordKind } from "../../model/record.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { GROUP_EXITS } from "../exits.ts";
import { printListing } from "../listing.ts";
import { openGroupsOf } from "../open_groups.ts";
import { defaulted } from "../option.ts";
import { GROUP_OPTIONS, PENDING_OPTIONS } from "../options/group_options.ts";
import { snakeCase } from "../../model/json_document.ts";
import { pendingText } from "../printers/group_text.ts";
import { asCountFromOne } from "../value_readers.ts";

const PAGE_ENTRIES = 500;

/** A list of what a consumer group waits for. */
export const redisPending = defineCommand({
  name: "redis pending",
  summary: "List what a consumer group was given and has not acknowledged",
  options: {
    ...GROUP_OPTIONS,
    ...PENDING_OPTIONS,
    limit: defaulted({ placeholder: "N", summary: "Only the oldest N" }, asCountFromOne, "100"),
  },
  exits: GROUP_EXITS,
  examples: [
    "papyra redis pending --group billing --store redis://127.0.0.1:6379/0",
    "papyra redis pending --group billing --min-idle 5m --store redis://127.0.0.1:6379/0 --json",
  ],
  onClosedPipe: "stop",
  async run(options, session) {
    const { kind, group, consumer, minIdle, limit } = options;
    await using store = await openGroupsOf(options, session);
    const summary = await store.pendingSummary(kind, { group });
    if (consumer !== undefined) await assertConsumer(store, kind, group, consumer);
    const query = { group, minIdleMs: minIdle, ...(consumer === undefined ? {} : { consumer }) };
    await printListing(session, entriesOf(store, kind, query, limit), {
      head: {
        schema: "redis-pending",
        fields: { store: store.location, kind, group, ...snakeCase(summary) as object },
        name: "entries",
      },
      toJson: snakeCase,
      toText: pendingText,
      whenEmpty: "Nothing is pending.",
    });
    if (summary.pending > limit) {
      await session.output.flush();
      await session.notes.note(`${summary.pending} entries are pending in all, see --limit`);
    }
    return EXIT.OK;
  },
});

async function assertConsumer(
  store: GroupBackend,
  kind: RecordKind,
  group: string,
  consumer: string,
): Promise<void> {
  const consumers = await store.groupConsumers(kind, { group });
  if (consumers.some(({ name }) => name === consumer)) return;
  const known = consumers.map(({ name }) => `"${name}"`).join(", ") || "none";
  throw new PapyraError(
    "NO_SUCH_CONSUMER",
    `Group "${group}" of ${store.location} has no consumer "${consumer}"; it has: ${known}`,
  );
}

async function* entriesOf(
  store: GroupBackend,
  kind: RecordKind,
  query: PendingQuery,
  limit: number,
): AsyncGenerator<PendingEntry> {
  let from = {};
  for (let left = limit; left > 0;) {
    const count = Math.min(left, PAGE_ENTRIES);
    const page = await store.pendingEntries(kind, { ...query, ...from, count });
    yield* page;
    if (page.length < count) return;
    left -= count;
    from = { afterId: page.at(-1)!.id };
  }
}
