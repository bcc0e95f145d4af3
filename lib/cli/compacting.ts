/**
 * Compaction as commands ask for it.
 *
 * @module
 */

import type { CompactionOptions, PersistenceBackend } from "../backend/backend.ts";
import type { CompactionReport } from "../model/report.ts";
import { isUnlimited } from "../model/retention.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import type { Notes } from "./notes.ts";
import { compactionLines } from "./printers/compaction_text.ts";
import { printReport } from "./report.ts";
import type { Session } from "./session.ts";

/** Compacts a store and tells what that came to. */
export async function compactStore(
  store: PersistenceBackend,
  options: CompactionOptions,
  session: Session,
): Promise<ExitCode> {
  const { signal, notes } = session;
  const report = await store.compact({ ...options, signal, ...notes.progressOf("compacting") });
  await printReport(session, {
    schema: "compaction",
    fields: report,
    lines: compactionLines(report),
    isRoutine: !options.dryRun,
  });
  await noteOddities(store, report, notes);
  return EXIT.OK;
}

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
