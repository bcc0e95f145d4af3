/**
 * `papyra inspect records`.
 *
 * @module
 */

import { RECORD_KINDS } from "../../model/record.ts";
import { defineCommand } from "../command.ts";
import { LISTING_EXITS } from "../exits.ts";
import { repeated } from "../option.ts";
import { FILTER_OPTIONS } from "../options/filter_options.ts";
import { READING_OPTIONS } from "../options/reading_options.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { RECORD_COLUMNS } from "../printers/record_columns.ts";
import { recordTextWithKind } from "../printers/record_text.ts";
import { listRecords } from "../record_listing.ts";
import { asOneOf } from "../value_readers.ts";

const { type, actor, target } = FILTER_OPTIONS;
const { maxRecords, maxAge, maxBytes } = RETENTION_OPTIONS;

/** A list of records of any kind. */
export const inspectRecords = defineCommand({
  name: "inspect records",
  summary: "List records of every kind in the order in which they were written",
  options: {
    ...STORE_OPTIONS,
    ...READING_OPTIONS,
    kind: repeated(
      {
        placeholder: "KIND",
        summary: "Only this kind, and limits on it alone; give it again for more kinds",
        choices: RECORD_KINDS,
      },
      asOneOf(RECORD_KINDS, "kind"),
    ),
    type,
    actor,
    target,
    maxRecords,
    maxAge,
    maxBytes,
  },
  exits: LISTING_EXITS,
  examples: [
    "papyra inspect records --path events.ndjson --since 24h --limit 20 -o table",
    "papyra inspect records --path events.ndjson --kind event --kind dead_letter --type OrderPaid",
    "papyra inspect records --path events.ndjson --after-seq 2 -o ndjson",
  ],
  onClosedPipe: "stop",
  run: ({ kind: kinds, ...options }, session) =>
    listRecords({ ...options, kinds }, session, {
      kinds: kinds.length === 0 ? RECORD_KINDS : kinds,
      schema: "records",
      toText: recordTextWithKind,
      columns: RECORD_COLUMNS,
      whenEmpty: "No records recorded.",
    }),
});
