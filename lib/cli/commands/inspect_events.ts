/**
 * `papyra inspect events`.
 *
 * @module
 */

import type { RecordQuery } from "../../backend/backend.ts";
import { isSameAddress } from "../../model/address.ts";
import type { EventRecord } from "../../model/record.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openStoreOf } from "../open_store.ts";
import { optional } from "../option.ts";
import { STORE_EXITS } from "../exits.ts";
import { queryOf, READING_OPTIONS } from "../options/reading_options.ts";
import { RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { printRecords } from "../record_listing.ts";
import { asText } from "../value_readers.ts";

/** A list of events. */
export const inspectEvents = defineCommand({
  name: "inspect events",
  summary: "List events",
  options: {
    ...STORE_OPTIONS,
    ...READING_OPTIONS,
    eventType: optional({ placeholder: "TYPE", summary: "Only events of this type" }, asText),
    actor: optional({ placeholder: "ADDRESS", summary: "Only events of this actor" }, asText),
    ...RETENTION_OPTIONS,
  },
  exits: STORE_EXITS,
  examples: [
    "papyra inspect events --path events.ndjson --limit 20",
    "papyra inspect events --path events.ndjson --since 24h --event-type ActorStarted --reverse",
    "papyra inspect events --path events.ndjson --actor local://1 --json",
  ],
  onClosedPipe: "stop",
  async run({ eventType, actor, ...options }, session) {
    const query: RecordQuery<EventRecord> = {
      ...await queryOf(options, session),
      where: (event) =>
        (eventType === undefined || event.eventType === eventType) &&
        (actor === undefined || isSameAddress(event.actorAddress, actor)),
    };
    await using store = await openStoreOf(options, session);
    await printRecords(session, store, store.events(query), "events", "No events recorded.");
    return EXIT.OK;
  },
});
