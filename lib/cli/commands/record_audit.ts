/**
 * `papyra record audit`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { defaulted, repeated } from "../option.ts";
import { RECORDING_EXITS } from "../exits.ts";
import { commonInput, RECORD_OPTIONS } from "../options/record_options.ts";
import { RECORDING_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { recordOne } from "../record_one.ts";
import { asCount, asText } from "../value_readers.ts";

const COUNTER_OPTIONS = {
  totalActors: counter("Actors known"),
  aliveActors: counter("Actors running"),
  stoppingActors: counter("Actors on their way out"),
  restartingActors: counter("Actors being started again"),
  registrySize: counter("Names registered"),
  deadLettersCount: counter("Dead letters so far"),
  registryOrphans: repeated(
    { placeholder: "NAME", summary: "A registered name without an actor; give it for each" },
    asText,
  ),
  registryDead: repeated(
    { placeholder: "NAME", summary: "A registered name of a dead actor; give it for each" },
    asText,
  ),
};

/** Recording one audit. */
export const recordAudit = defineCommand({
  name: "record audit",
  summary: "Record the state of a system; prints the sequence number",
  options: { ...STORE_OPTIONS, ...COUNTER_OPTIONS, ...RECORD_OPTIONS, ...RECORDING_OPTIONS },
  exits: RECORDING_EXITS,
  examples: ["papyra record audit --path events.ndjson --total-actors 12 --alive-actors 11"],
  onClosedPipe: "carry_on",
  run(options, session) {
    return recordOne(
      {
        kind: "audit",
        totalActors: options.totalActors,
        aliveActors: options.aliveActors,
        stoppingActors: options.stoppingActors,
        restartingActors: options.restartingActors,
        registrySize: options.registrySize,
        deadLettersCount: options.deadLettersCount,
        registryOrphans: options.registryOrphans,
        registryDead: options.registryDead,
        ...commonInput(options),
      },
      options,
      session,
    );
  },
});

function counter(summary: string) {
  return defaulted({ placeholder: "N", summary }, asCount, "0");
}
