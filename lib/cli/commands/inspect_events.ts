/**
 * `papyra inspect events`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { LISTING_EXITS } from "../exits.ts";
import { FILTER_OPTIONS } from "../options/filter_options.ts";
import { READING_OPTIONS } from "../options/reading_options.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { EVENT_COLUMNS } from "../printers/record_columns.ts";
import { recordText } from "../printers/record_text.ts";
import { listRecords } from "../record_listing.ts";

const { type, eventType, actor } = FILTER_OPTIONS;

/** A list of events. */
export const inspectEvents = defineCommand({
  name: "inspect events",
  summary: "List events",
  options: { ...STORE_OPTIONS, ...READING_OPTIONS, type, eventType, actor, ...RETENTION_OPTIONS },
  exits: LISTING_EXITS,
  examples: [
    "papyra inspect events --path events.ndjson --limit 20",
    "papyra inspect events --path events.ndjson --since 24h --type ActorStarted --reverse",
    "papyra inspect events --path events.ndjson --actor local://1 --json",
    "papyra inspect events --path events.ndjson --follow --after-seq 2",
  ],
  onClosedPipe: "stop",
  run: (options, session) =>
    listRecords(options, session, {
      kinds: ["event"],
      schema: "events",
      toText: recordText,
      columns: EVENT_COLUMNS,
      whenEmpty: "No events recorded.",
    }),
});
