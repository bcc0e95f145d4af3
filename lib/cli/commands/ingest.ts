/**
 * `papyra ingest`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { ingestInto } from "../ingesting.ts";
import { openStoreOf } from "../open_store.ts";
import { flag } from "../option.ts";
import { rotatingOnHangup } from "../rotation_on_hangup.ts";
import { RECORDING_EXITS } from "../exits.ts";
import { RECORDING_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";

/** Recording what standard input sends. */
export const ingest = defineCommand({
  name: "ingest",
  summary: "Record NDJSON from standard input, one record a line; SIGHUP seals the active file",
  options: {
    ...STORE_OPTIONS,
    printAcks: flag("Print each record's sequence number on a line of its own, once it is durable"),
    skipInvalid: flag("Count lines that cannot be taken, and go on"),
    ...RECORDING_OPTIONS,
  },
  exits: {
    ...RECORDING_EXITS,
    [EXIT.BAD_DATA]: "a line cannot be taken; everything before it is recorded, nothing after it",
  },
  examples: [
    `echo '{"kind": "event", "event_type": "Tick"}' | papyra ingest --path events.ndjson`,
    `echo '{"kind": "event", "event_type": "Tick"}' | ` +
    "papyra ingest --path events.ndjson --print-acks --skip-invalid",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    const flags = { ...options, sealsOnRequest: true };
    await using store = await openStoreOf(flags, session, "silent");
    await rotatingOnHangup(store, session, () => ingestInto(store, options, session));
    return EXIT.OK;
  },
});
