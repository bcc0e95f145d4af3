/**
 * `papyra metrics persistence`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { openStoreOf } from "../open_store.ts";
import { STORE_EXITS } from "../exits.ts";
import { STORE_OPTIONS } from "../options/store_options.ts";
import { metricsLines } from "../printers/inspection_text.ts";
import { printReport } from "../report.ts";

/** The counters of a store. */
export const metricsPersistence = defineCommand({
  name: "metrics persistence",
  summary: "Show the counters of a store, counted by every process that used it",
  options: STORE_OPTIONS,
  exits: STORE_EXITS,
  examples: ["papyra metrics persistence --path events.ndjson --json"],
  onClosedPipe: "stop",
  async run(options, session) {
    await using store = await openStoreOf(options, session);
    const snapshot = await store.metrics.snapshot();
    await printReport(session, {
      schema: "metrics",
      fields: snapshot,
      lines: [["Persistence Metrics"], ...metricsLines(snapshot)],
      isRoutine: false,
    });
    return EXIT.OK;
  },
});
