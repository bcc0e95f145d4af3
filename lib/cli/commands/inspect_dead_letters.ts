/**
 * `papyra inspect dead-letters`.
 *
 * @module
 */

import type { RecordQuery } from "../../backend/backend.ts";
import { isSameAddress } from "../../model/address.ts";
import type { DeadLetterRecord } from "../../model/record.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openStoreOf } from "../open_store.ts";
import { optional } from "../option.ts";
import { STORE_EXITS } from "../exits.ts";
import { queryOf, READING_OPTIONS } from "../options/reading_options.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { printRecords } from "../record_listing.ts";
import { asText } from "../value_readers.ts";

/** A list of dead letters. */
export const inspectDeadLetters = defineCommand({
  name: "inspect dead-letters",
  summary: "List dead letters",
  options: {
    ...STORE_OPTIONS,
    ...READING_OPTIONS,
    target: optional(
      { placeholder: "ADDRESS", summary: "Only dead letters for this actor" },
      asText,
    ),
    ...RETENTION_OPTIONS,
  },
  exits: STORE_EXITS,
  examples: ["papyra inspect dead-letters --path events.ndjson --target local://7 --reverse"],
  onClosedPipe: "stop",
  async run({ target, ...options }, session) {
    const query: RecordQuery<DeadLetterRecord> = {
      ...await queryOf(options, session),
      where: (letter) =>
        target === undefined || (letter.target !== null && isSameAddress(letter.target, target)),
    };
    await using store = await openStoreOf(options, session);
    const letters = store.deadLetters(query);
    await printRecords(session, store, letters, "dead-letters", "No dead letters recorded.");
    return EXIT.OK;
  },
});
