/**
 * `papyra persistence scan`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { noteMissingStore, openStoreOf } from "../open_store.ts";
import { STORE_EXITS } from "../exits.ts";
import { STORE_OPTIONS } from "../options/store_options.ts";
import { scanLines } from "../printers/scan_text.ts";
import { printReport } from "../report.ts";

/** A look at every byte of a store. */
export const persistenceScan = defineCommand({
  name: "persistence scan",
  summary: "Look at the whole store for damage; changes nothing",
  options: STORE_OPTIONS,
  exits: {
    ...STORE_EXITS,
    [EXIT.OK]: "the store is healthy",
    [EXIT.ANOMALIES_FOUND]: "there are anomalies",
  },
  examples: [
    "papyra persistence scan --path events.ndjson",
    "papyra persistence scan --path events.ndjson --json",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    await using store = await openStoreOf(options, session, "silent");
    const { signal, notes } = session;
    const report = await store.scan({ signal, ...notes.progressOf("scanning") });
    await noteMissingStore(session, report);
    await printReport(session, {
      schema: "scan",
      fields: report,
      lines: scanLines(report),
      isRoutine: report.healthy,
    });
    return report.healthy ? EXIT.OK : EXIT.ANOMALIES_FOUND;
  },
});
