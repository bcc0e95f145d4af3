/**
 * `papyra inspect dead-letters`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { LISTING_EXITS } from "../exits.ts";
import { FILTER_OPTIONS } from "../options/filter_options.ts";
import { READING_OPTIONS } from "../options/reading_options.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { DEAD_LETTER_COLUMNS } from "../printers/record_columns.ts";
import { recordText } from "../printers/record_text.ts";
import { listRecords } from "../record_listing.ts";

const { type, target } = FILTER_OPTIONS;

/** A list of dead letters. */
export const inspectDeadLetters = defineCommand({
  name: "inspect dead-letters",
  summary: "List dead letters",
  options: { ...STORE_OPTIONS, ...READING_OPTIONS, type, target, ...RETENTION_OPTIONS },
  exits: LISTING_EXITS,
  examples: ["papyra inspect dead-letters --path events.ndjson --target local://7 --reverse"],
  onClosedPipe: "stop",
  run: (options, session) =>
    listRecords(options, session, {
      kinds: ["dead_letter"],
      schema: "dead-letters",
      toText: recordText,
      columns: DEAD_LETTER_COLUMNS,
      whenEmpty: "No dead letters recorded.",
    }),
});
