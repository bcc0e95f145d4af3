/**
 * `papyra inspect audits`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openStoreOf } from "../open_store.ts";
import { STORE_EXITS } from "../exits.ts";
import { queryOf, READING_OPTIONS } from "../options/reading_options.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { printRecords } from "../record_listing.ts";

/** A list of audits. */
export const inspectAudits = defineCommand({
  name: "inspect audits",
  summary: "List audits",
  options: { ...STORE_OPTIONS, ...READING_OPTIONS, ...RETENTION_OPTIONS },
  exits: STORE_EXITS,
  examples: ["papyra inspect audits --path events.ndjson --since 2026-01-01 --limit 10"],
  onClosedPipe: "stop",
  async run(options, session) {
    const query = await queryOf(options, session);
    await using store = await openStoreOf(options, session);
    const audits = store.audits(query);
    await printRecords(session, store, audits, "audits", "No audit reports recorded.");
    return EXIT.OK;
  },
});
