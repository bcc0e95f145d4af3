/**
 * `papyra redis consume`.
 *
 * @module
 */

import { consumeInto } from "../consuming.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { GROUP_EXITS } from "../exits.ts";
import { openGroupsOf } from "../open_groups.ts";
import { defaulted, flag, optional } from "../option.ts";
import { CONSUMER_OPTIONS, GROUP_OPTIONS } from "../options/group_options.ts";
import { READING_OPTIONS } from "../options/reading_options.ts";
import { usageError } from "../usage_error.ts";
import { asCountFromOne, asText } from "../value_readers.ts";

/** Entries for a consumer, on standard output. */
export const redisConsume = defineCommand({
  name: "redis consume",
  summary: "Print entries for a consumer as NDJSON, and acknowledge what was written out",
  options: {
    ...GROUP_OPTIONS,
    ...CONSUMER_OPTIONS,
    createFrom: optional(
      {
        placeholder: "ID",
        summary: "Make the group where it is not there: from 0 on, or $ for what comes",
      },
      asText,
    ),
    limit: optional({ placeholder: "N", summary: "End after N entries" }, asCountFromOne),
    count: defaulted(
      { placeholder: "N", summary: "Ask for N at a time, which are acknowledged together" },
      asCountFromOne,
      "100",
    ),
    noAck: flag("Leave them pending; papyra redis ack acknowledges them"),
    follow: { ...READING_OPTIONS.follow, summary: "Go on with entries as they come" },
  },
  exits: GROUP_EXITS,
  examples: [
    "papyra redis consume --group billing --consumer b1 --create-from 0 " +
    "--store redis://127.0.0.1:6379/0",
    "papyra redis consume --group billing --consumer b1 --max-deliveries 10 --follow " +
    "--store redis://127.0.0.1:6379/0",
  ],
  onClosedPipe: "stop",
  async run(options, session) {
    if (session.isJson) throw usageError("Cannot print one JSON document: it is a line an entry");
    await using store = await openGroupsOf(options, session);
    await consumeInto(store, options, session);
    return EXIT.OK;
  },
});
