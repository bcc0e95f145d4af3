/**
 * `papyra persistence compact`.
 *
 * @module
 */

import type { PersistenceBackend } from "../../backend/backend.ts";
import type { CompactionReport } from "../../model/report.ts";
import { COMPRESSIONS, parseCompression } from "../../model/compression.ts";
import { isUnlimited } from "../../model/retention.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit_codes.ts";
import type { Notes } from "../notes.ts";
import { openStoreOf } from "../open_store.ts";
import { defaulted, flag, optional } from "../option.ts";
import { MAINTENANCE_EXITS } from "../exits.ts";
import { MAINTENANCE_OPTIONS, RETENTION_OPTIONS, STORE_OPTIONS } from "../options/store_options.ts";
import { compactionLines } from "../printers/compaction_text.ts";
import { printReport } from "../report.ts";
import { asOneOf } from "../value_readers.ts";

const TRIMS = ["exact", "approx"] as const;

/** Removing what retention has expired. */
export const persistenceCompact = defineCommand({
  name: "persistence compact",
  summary: "Remove what retention has expired, and give back the space",
  options: {
    ...STORE_OPTIONS,
    ...RETENTION_OPTIONS,
    ...MAINTENANCE_OPTIONS,
    compress: optional(
      {
        placeholder: "FORM",
        summary: "Compress the sealed segments that stay; those compressed before stay as they are",
        choices: COMPRESSIONS,
      },
      parseCompression,
    ),
    force: flag("On Redis: remove also what a consumer group has not read or not acknowledged"),
    trim: defaulted(
      {
        placeholder: "HOW",
        summary: "On Redis: exact, or approx, which costs less and may leave some expired entries",
        choices: TRIMS,
      },
      asOneOf(TRIMS, "way to trim"),
      "exact",
    ),
    dryRun: flag("Show what would be removed, and remove nothing"),
  },
  exits: { ...MAINTENANCE_EXITS, [EXIT.OK]: "done, or --dry-run showed what would be" },
  examples: [
    "papyra persistence compact --path events.ndjson --max-age 30d --dry-run",
    "papyra persistence compact --path events.ndjson --max-records 100000 --max-bytes 500MiB",
    "papyra persistence compact --path events.ndjson --max-age 7d --kind event",
    "papyra persistence compact --path events.ndjson --compress zstd",
  ],
  onClosedPipe: "carry_on",
  async run(options, session) {
    const { signal, notes } = session;
    await using store = await openStoreOf(options, session);
    const report = await store.compact({
      signal,
      waitMs: options.wait ?? 0,
      dryRun: options.dryRun,
      force: options.force,
      trim: options.trim,
      ...(options.compress && { compress: options.compress }),
      ...notes.progressOf("compacting"),
    });
    await printReport(session, {
      schema: "compaction",
      fields: report,
      lines: compactionLines(report),
      isRoutine: !options.dryRun,
    });
    await noteOddities(store, report, notes);
    return EXIT.OK;
  },
});

async function noteOddities(
  { retention }: PersistenceBackend,
  report: CompactionReport,
  notes: Notes,
): Promise<void> {
  if (isUnlimited(retention) && report.compression === null) {
    await notes.note("no retention is set, so nothing expires: give --max-records, --max-age …");
  }
  const { damagedLines, futureRecords } = report;
  const left = report.compression?.segmentsLeft ?? 0;
  if (left > 0) {
    await notes.note(`${left} segments were left as they are: papyra persistence scan says why`);
  }
  if (damagedLines > 0) {
    await notes.note(`${damagedLines} damaged lines were kept: run papyra persistence recover`);
  }
  if (futureRecords > 0) {
    await notes.note(`${futureRecords} records have a time in the future and were kept`);
  }
}
