/**
 * What the `record` commands have in common.
 *
 * @module
 */

import type { RecordInput } from "../model/record.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { type OpenFlags, openStoreOf } from "./open_store.ts";
import { printReport } from "./report.ts";
import type { Session } from "./session.ts";

/** Records one record and prints its sequence number. */
export async function recordOne(
  record: RecordInput,
  flags: OpenFlags,
  session: Session,
): Promise<ExitCode> {
  await using store = await openStoreOf(flags, session, "silent");
  const { firstSeq } = await store.recordMany([record], { signal: session.signal });
  await printReport(session, {
    schema: "record",
    fields: { store: store.location, kind: record.kind, seq: firstSeq },
    lines: [[String(firstSeq ?? "-")]],
    isRoutine: true,
  });
  return EXIT.OK;
}
