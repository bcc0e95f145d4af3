/**
 * `papyra redis ack`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { GROUP_EXITS } from "../exits.ts";
import { openGroupsOf } from "../open_groups.ts";
import { ENTRY_IDS, GROUP_OPTIONS } from "../options/group_options.ts";
import { printReport } from "../report.ts";
import { usageError } from "../usage_error.ts";

/** The acknowledgement of entries. */
export const redisAck = defineCommand({
  name: "redis ack",
  summary: "Acknowledge entries for a consumer group, which waits for them no more",
  options: { ...GROUP_OPTIONS, id: ENTRY_IDS },
  exits: GROUP_EXITS,
  examples: [
    "papyra redis ack --group billing --id 1700000000000-0 --store redis://127.0.0.1:6379/0",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    const { kind, group } = options;
    const ids = [...new Set(options.id)];
    if (ids.length === 0) throw usageError("No entry is named: give --id ID");
    await using store = await openGroupsOf(options, session);
    // The server takes an acknowledgement for a group that is not there without a word.
    await store.pendingSummary(kind, { group });
    const acknowledged = await store.ack(kind, { group, ids });
    await printReport(session, {
      schema: "redis-ack",
      fields: { store: store.location, kind, group, acknowledged, asked: ids.length },
      lines: [[`Acknowledged ${acknowledged} of ${ids.length} entries`]],
      isRoutine: acknowledged === ids.length,
    });
    if (acknowledged < ids.length) {
      await session.notes.note(`${ids.length - acknowledged} entries were not pending`);
    }
    return EXIT.OK;
  },
});
