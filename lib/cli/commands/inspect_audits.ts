/**
 * `papyra inspect audits`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { LISTING_EXITS } from "../exits.ts";

import { READING_OPTIONS } from "../options/reading_options.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { AUDIT_COLUMNS } from "../printers/record_columns.ts";
import { recordText } from "../printers/record_text.ts";
import { listRecords } from "../record_listing.ts";

/** A list of audits. */
export const inspectAudits = defineCommand({
  name: "inspect audits",
  summary: "List audits",
  options: { ...STORE_OPTIONS, ...READING_OPTIONS, ...RETENTION_OPTIONS },
  exits: LISTING_EXITS,
  examples: ["papyra inspect audits --path events.ndjson --since 2026-01-01 --limit 10"],
  onClosedPipe: "stop",
  run: (options, session) =>
    listRecords(options, session, {
      kinds: ["audit"],
      schema: "audits",
      toText: recordText,
      columns: AUDIT_COLUMNS,
      whenEmpty: "No audit reports recorded.",
    }),
});
