/**
 * `papyra metrics persistence`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { noteTotals } from "../metrics_notes.ts";
import { openStoreOf } from "../open_store.ts";
import { STORE_EXITS } from "../exits.ts";
import { METRICS_OPTIONS } from "../options/metrics_options.ts";
import { STORE_OPTIONS, WATCHED_OPTIONS } from "../options/store_options.ts";
import { snapshotLines } from "../printers/metrics_text.ts";
import { printReport } from "../report.ts";

/** The metrics of a store. */
export const metricsPersistence = defineCommand({
  name: "metrics persistence",
  summary: "Show the metrics of a store, counted by every process that used it",
  options: { ...STORE_OPTIONS, ...METRICS_OPTIONS, otlp: WATCHED_OPTIONS.otlp },
  exits: STORE_EXITS,
  examples: ["papyra metrics persistence --path events.ndjson --json"],
  onClosedPipe: "stop",
  async run({ withRetained, ...options }, session) {
    const { signal, notes } = session;
    await using store = await openStoreOf(options, session);
    const snapshot = await store.metrics.snapshot({ withRetained, signal });
    await printReport(session, {
      schema: "metrics",
      fields: snapshot,
      lines: snapshotLines(snapshot),
      isRoutine: false,
    });
    await noteTotals(snapshot, notes);
    return EXIT.OK;
  },
});
