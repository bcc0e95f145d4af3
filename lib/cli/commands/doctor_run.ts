/**
 * `papyra doctor run`.
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

/** A check before a system starts, which mends what it finds where it may. */
export const doctorRun = defineCommand({
  name: "doctor run",
  summary: "Check a store before a system starts, and mend it where the mode says so",
  options: {
    ...STORE_OPTIONS,
    ...STARTUP_OPTIONS,
    ...MAINTENANCE_OPTIONS,
    ...VERDICT_OPTIONS,
    ...WATCHED_OPTIONS,
  },
  exits: {
    ...MAINTENANCE_EXITS,
    [EXIT.OK]: "healthy, recovered, or not asked to mind (modes ignore and scan_only)",
    [EXIT.ANOMALIES_REFUSED]: "there are anomalies, and the mode is fail_on_anomaly",
    [EXIT.ANOMALIES_FOUND]: "anomalies remain after recovery",
  },
  examples: [
    "papyra doctor run --path events.ndjson",
    "papyra doctor run --path events.ndjson --mode recover",
    "papyra doctor run --path events.ndjson --mode recover --recovery-mode quarantine " +
    "--quarantine-dir quarantine",
  ],
  onClosedPipe: "carry_on",
  run: (options, session) => runStartupCheck(options, session, "doctor", EXIT.ANOMALIES_FOUND),
});
