/**
 * `papyra copy`.
 *
 * @module
 */

import { RECORD_KINDS } from "../../model/record.ts";
import type { CopyReport } from "../../operations/copy_report.ts";
import { COPY_SCOPES } from "../../operations/copy_report.ts";
import { defineCommand } from "../command.ts";
import { EXIT, EXIT_MEANINGS } from "../exit_codes.ts";
import { MAINTENANCE_EXITS } from "../exits.ts";
import type { Notes } from "../notes.ts";
import { openStoreOf } from "../open_store.ts";
import { defaulted, flag, optional, repeated, required } from "../option.ts";
import { PERIOD_OPTIONS, periodOf } from "../options/reading_options.ts";
import {
  MAINTENANCE_OPTIONS,
  RECORDING_OPTIONS,
  STORE_OPTIONS,
  WATCHED_OPTIONS,
} from "../options/store_options.ts";
import { copyLines } from "../printers/copy_text.ts";
import { printReport } from "../report.ts";
import { asCountFromOne, asOneOf, asText } from "../value_readers.ts";

const { config, timeout } = STORE_OPTIONS;
const GO_ON = "what was copied is noted: run it again to go on";

/** Copying a store. */
export const copy = defineCommand({
  name: "copy",
  summary: "Copy the records of one store to another; run again, it goes on where it came to",
  options: {
    from: required(
      { placeholder: "URL", summary: "The store to copy from: file:PATH, a path, or redis://…" },
      asText,
    ),
    to: required({ placeholder: "URL", summary: "The store to copy to" }, asText),
    kind: repeated(
      {
        placeholder: "KIND",
        summary: "Only this kind; give it again for more kinds",
        choices: RECORD_KINDS,
      },
      asOneOf(RECORD_KINDS, "kind"),
    ),
    ...PERIOD_OPTIONS,
    dryRun: flag("Show what would be copied, and copy nothing"),
    verify: defaulted(
      {
        placeholder: "SCOPE",
        summary: "Compare at the end all that was ever copied from there, or only what is new",
        choices: COPY_SCOPES,
      },
      asOneOf(COPY_SCOPES, "scope"),
      "all",
    ),
    skipDamaged: flag("End with 0 though damaged lines were passed over"),
    fromStart: flag(
      "Pass over the notes of earlier copies, and compare both stores from the start",
    ),
    batchSize: optional(
      { placeholder: "N", summary: "Write at most N records together; 1000, when not given" },
      asCountFromOne,
    ),
    ...RECORDING_OPTIONS,
    ...MAINTENANCE_OPTIONS,
    ...WATCHED_OPTIONS,
    config,
    timeout,
  },
  exits: {
    ...MAINTENANCE_EXITS,
    [EXIT.OK]: "copied and compared, or --dry-run showed what would be copied",
    [EXIT.ANOMALIES_FOUND]: "copied, but for damaged lines that were passed over",
    [EXIT.COPY_DIFFERS]: EXIT_MEANINGS[EXIT.COPY_DIFFERS],
    [EXIT.NO_SUCH_STORE]: "there is no store to copy from",
    [EXIT.BUSY]: "another copy or maintenance run has the target; see --wait",
    [EXIT.BAD_DATA]: "the store to copy from is another one by now; see --from-start",
    [EXIT.TIMED_OUT]: `the time limit of --timeout passed; ${GO_ON}`,
    [EXIT.INTERRUPTED]: `stopped by SIGINT; ${GO_ON}`,
    [EXIT.TERMINATED]: `stopped by SIGTERM; ${GO_ON}`,
  },
  examples: [
    "papyra copy --from events.ndjson --to copy.ndjson",
    "papyra copy --from events.ndjson --to dead.ndjson --kind dead_letter --since 24h --dry-run",
    "papyra copy --from events.ndjson --to copy.ndjson --verify new --json",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    const { from, to, kind: kinds, skipDamaged, wait, batchSize, ...rest } = options;
    const { notes, signal } = session;
    const period = periodOf(options);
    const shared = { config: rest.config, requireStore: true };
    await using source = await openStoreOf({ ...shared, store: from }, session, "silent");
    const { durability, rotateBytes, rotateRecords, rotateAge } = rest;
    const recording = { durability, rotateBytes, rotateRecords, rotateAge };
    const place = { ...shared, ...recording, store: to, requireStore: false };
    await using target = await openStoreOf(place, session, "silent");
    const { copyStore } = await import("../../operations/copy_store.ts");
    const report = await copyStore({
      from: source,
      to: target,
      kinds,
      ...period,
      ...(batchSize === undefined ? {} : { batchSize }),
      verify: rest.verify,
      fromStart: rest.fromStart,
      dryRun: rest.dryRun,
      waitMs: wait ?? 0,
      signal,
      onProgress: (done, total, step) => notes.progressOf(step).onProgress?.(done, total),
    });
    await printReport(session, {
      schema: "copy",
      fields: report,
      lines: copyLines(report),
      isRoutine: !report.dryRun,
    });
    await noteOddities(report, skipDamaged, notes);
    return report.damagedLines > 0 && !skipDamaged ? EXIT.ANOMALIES_FOUND : EXIT.OK;
  },
});

async function noteOddities(report: CopyReport, skipDamaged: boolean, notes: Notes): Promise<void> {
  const { damagedLines, recordsOfUnknownKind, nonFiniteRecords } = report;
  if (damagedLines > 0) {
    const hint = skipDamaged ? "" : "; recover it, or give --skip-damaged";
    const what = `${damagedLines} damaged lines were not copied: papyra persistence scan says more`;
    await notes.note(`${what}${hint}`);
  }
  if (recordsOfUnknownKind > 0) {
    await notes.note(`${recordsOfUnknownKind} records of an unknown kind were not copied`);
  }
  if (nonFiniteRecords > 0) {
    await notes.note(
      `${nonFiniteRecords} records hold NaN or Infinity, which are null in the copy, as on reads`,
    );
  }
}
