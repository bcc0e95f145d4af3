/**
 * `papyra persistence startup-check`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { MAINTENANCE_EXITS } from "../exits.ts";
import { STARTUP_OPTIONS } from "../options/startup_options.ts";
import {
  MAINTENANCE_OPTIONS,
  STORE_OPTIONS,
  VERDICT_OPTIONS,
  WATCHED_OPTIONS,
} from "../options/store_options.ts";
import { runStartupCheck } from "../startup_check.ts";

/** What opening a store with a startup mode would do. */
export const persistenceStartupCheck = defineCommand({
  name: "persistence startup-check",
  summary: "Do what opening a store with a startup mode does, and tell how it ends",
  options: {
    ...STORE_OPTIONS,
    ...STARTUP_OPTIONS,
    ...MAINTENANCE_OPTIONS,
    ...VERDICT_OPTIONS,
    ...WATCHED_OPTIONS,
  },
  exits: {
    ...MAINTENANCE_EXITS,
    [EXIT.OK]: "the store may be used",
    [EXIT.ANOMALIES_REFUSED]: "there are anomalies, and the mode is fail_on_anomaly",
    [EXIT.ANOMALIES_REMAIN]: "anomalies remain after recovery",
  },
  examples: [
    "papyra persistence startup-check --path events.ndjson",
    "papyra persistence startup-check --path events.ndjson --mode recover --json",
  ],
  onClosedPipe: "carry_on",
  run: (options, session) =>
    runStartupCheck(options, session, "startup-check", EXIT.ANOMALIES_REMAIN),
});
