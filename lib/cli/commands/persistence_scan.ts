/**
 * `papyra persistence scan`.
 *
 * @module
 */

import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import { noteMissingStore, openStoreOf } from "../open_store.ts";
import { STORE_EXITS } from "../exits.ts";
import { defaulted, flag, optional } from "../option.ts";
import { STORE_OPTIONS, VERDICT_OPTIONS, WATCHED_OPTIONS } from "../options/store_options.ts";
import { scanLines } from "../printers/scan_text.ts";
import { printReport } from "../report.ts";
import { asCountFromOne, asShare } from "../value_readers.ts";

/** A look at every byte of a store. */
export const persistenceScan = defineCommand({
  name: "persistence scan",
  summary: "Look at the whole store for damage; changes nothing",
  options: {
    ...STORE_OPTIONS,
    ...VERDICT_OPTIONS,
    ...WATCHED_OPTIONS,
    sinceLast: flag(
      "Do not read sealed segments again that a scan found in order and that are unchanged",
    ),
    reverify: defaulted(
      { placeholder: "PERCENT", summary: "With --since-last: read so much of those all the same" },
      asShare,
      "0%",
    ),
    sample: optional(
      { placeholder: "N", summary: "On Redis: look only at the newest N entries of each stream" },
      asCountFromOne,
    ),
  },
  exits: {
    ...STORE_EXITS,
    [EXIT.OK]: "the store is healthy",
    [EXIT.ANOMALIES_FOUND]: "there are anomalies",
  },
  examples: [
    "papyra persistence scan --path events.ndjson",
    "papyra persistence scan --path events.ndjson --json",
    "papyra persistence scan --path events.ndjson --since-last --reverify 5%",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    await using store = await openStoreOf(options, session, "silent");
    const { signal, notes } = session;
    const { sinceLast, reverify, sample } = options;
    const progress = notes.progressOf("scanning");
    const report = await store.scan({
      signal,
      sinceLast,
      reverify,
      ...(sample === undefined ? {} : { sampleEntries: sample }),
      ...progress,
    });
    if (sample !== undefined && report.sampleEntries === undefined) {
      await notes.note("--sample goes with stores on Redis: everything was looked at");
    }
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
