/**
 * Listing records as they are read.
 *
 * @module
 */

import type { RecordKind, RecordOf, StoredRecord } from "../model/record.ts";
import { recordToWire } from "../model/wire.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { printListing } from "./listing.ts";
import { type OpenFlags, openStoreOf } from "./open_store.ts";
import type { OptionValues } from "./option.ts";
import type { FilterValues } from "./options/filter_options.ts";
import { queryOf, type READING_OPTIONS } from "./options/reading_options.ts";
import type { Session } from "./session.ts";

/** The options of commands that list records. */
export type ListingOptions = OpenFlags & FilterValues & OptionValues<typeof READING_OPTIONS>;

/** Which records a command lists, and how they are told. */
export interface RecordListing<K extends RecordKind> {
  /** The kinds of records. */
  readonly kinds: readonly K[];
  /** Name of the JSON document's schema. */
  readonly schema: string;
  /** A record as a line. */
  readonly toText: (record: RecordOf<K>) => string;
  /** What is printed where there is none. */
  readonly whenEmpty: string;
}

/** Lists records, and tells how many damaged lines were passed over. */
export async function listRecords<K extends RecordKind>(
  options: ListingOptions,
  session: Session,
  { kinds, schema, toText, whenEmpty }: RecordListing<K>,
): Promise<ExitCode> {
  const query = await queryOf(options, session);
  await using store = await openStoreOf(options, session);
  const records = store.records(kinds, query);
  await printListing<RecordOf<K>>(session, records, {
    head: { schema, fields: { store: store.location }, name: "records" },
    toJson: (record: StoredRecord) => recordToWire(record),
    toText,
    whenEmpty,
    tail: () => ({ skipped: records.skipped }),
  });
  if (records.skipped > 0) {
    await session.output.flush();
    await session.notes.note(
      `${records.skipped} damaged lines were passed over: run papyra persistence scan`,
    );
  }
  return EXIT.OK;
}
