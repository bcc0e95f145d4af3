/**
 * Printing records as they are read.
 *
 * @module
 */

import type { PersistenceBackend, RecordStream } from "../backend/backend.ts";
import type { StoredRecord } from "../model/record.ts";
import { recordToWire } from "../model/wire.ts";
import { recordText } from "./printers/record_text.ts";
import { printListing } from "./listing.ts";
import type { Session } from "./session.ts";

/** Prints records, and how many damaged lines were passed over. */
export async function printRecords(
  session: Session,
  store: PersistenceBackend,
  records: RecordStream<StoredRecord>,
  schema: string,
  whenEmpty: string,
): Promise<void> {
  await printListing(session, records, {
    head: { schema, fields: { store: store.location }, name: "records" },
    toJson: recordToWire,
    toText: recordText,
    whenEmpty,
    tail: () => ({ skipped: records.skipped }),
  });
  if (records.skipped === 0) return;
  await session.output.flush();
  await session.notes.note(
    `${records.skipped} damaged lines were passed over: run papyra persistence scan`,
  );
}
