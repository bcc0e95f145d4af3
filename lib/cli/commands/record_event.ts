/**
 * `papyra record event`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { optional, required } from "../option.ts";
import { RECORDING_EXITS } from "../exits.ts";
import {
  asJsonObject,
  commonInput,
  PAYLOAD_DESCRIPTION,
  RECORD_OPTIONS,
} from "../options/record_options.ts";
import { RECORDING_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { recordOne } from "../record_one.ts";
import { asText } from "../value_readers.ts";

/** Recording one event. */
export const recordEvent = defineCommand({
  name: "record event",
  summary: "Record that something happened to an actor; prints the sequence number",
  options: {
    ...STORE_OPTIONS,
    type: required({ placeholder: "TYPE", summary: "What happened, such as ActorStarted" }, asText),
    actor: optional({ placeholder: "ADDRESS", summary: "The actor that it happened to" }, asText),
    payload: optional(PAYLOAD_DESCRIPTION, asJsonObject),
    ...RECORD_OPTIONS,
    ...RECORDING_OPTIONS,
  },
  exits: RECORDING_EXITS,
  examples: [
    "papyra record event --path events.ndjson --type ActorStarted --actor local://1",
    `papyra record event --path events.ndjson --type Deployed --payload '{"version": "1.2"}'`,
  ],
  onClosedPipe: "carry_on",
  run(options, session) {
    const { type, actor, payload } = options;
    return recordOne(
      {
        kind: "event",
        eventType: type,
        ...(actor === undefined ? {} : { actorAddress: actor }),
        ...(payload === undefined ? {} : { payload }),
        ...commonInput(options),
      },
      options,
      session,
    );
  },
});
