/**
 * `papyra record dead-letter`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { optional, required } from "../option.ts";
import { RECORDING_EXITS } from "../exits.ts";
import {
  asJson,
  commonInput,
  PAYLOAD_DESCRIPTION,
  RECORD_OPTIONS,
} from "../options/record_options.ts";
import { RECORDING_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { recordOne } from "../record_one.ts";
import { asText } from "../value_readers.ts";

/** Recording one dead letter. */
export const recordDeadLetter = defineCommand({
  name: "record dead-letter",
  summary: "Record a message that nobody received; prints the sequence number",
  options: {
    ...STORE_OPTIONS,
    type: required({ placeholder: "TYPE", summary: "The type of the message" }, asText),
    target: optional({ placeholder: "ADDRESS", summary: "The actor that it was for" }, asText),
    payload: optional(PAYLOAD_DESCRIPTION, asJson),
    ...RECORD_OPTIONS,
    ...RECORDING_OPTIONS,
  },
  exits: RECORDING_EXITS,
  examples: [
    "papyra record dead-letter --path events.ndjson --type Ping --target local://7 --payload 1",
  ],
  onClosedPipe: "carry_on",
  run(options, session) {
    const { type, target, payload } = options;
    return recordOne(
      {
        kind: "dead_letter",
        messageType: type,
        ...(target === undefined ? {} : { target }),
        ...(payload === undefined ? {} : { payload }),
        ...commonInput(options),
      },
      options,
      session,
    );
  },
});
