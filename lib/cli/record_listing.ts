/**
 * Listing records as they are read.
 *
 * @module
 */

import { kindsThatPass } from "../backend/record_filter.ts";
import type { RecordKind, RecordOf, StoredRecord } from "../model/record.ts";
import { recordToWire } from "../model/wire.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { printListing } from "./listing.ts";
import { formatOf } from "./listing_format.ts";
import { followRecords } from "./record_following.ts";
import { type OpenFlags, openStoreOf } from "./open_store.ts";
import type { OptionValues } from "./option.ts";
import type { FilterValues } from "./options/filter_options.ts";
import { type ListingQuery, queryOf, type READING_OPTIONS } from "./options/reading_options.ts";
import type { Column } from "./printers/table_writer.ts";
import type { Session } from "./session.ts";
import { usageError } from "./usage_error.ts";

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
  /** A record as a row of a table. */
  readonly columns: readonly Column<RecordOf<K>>[];
  /** What is printed where there is none. */
  readonly whenEmpty: string;
}

/** Lists records, and tells how many damaged lines were passed over. */
export async function listRecords<K extends RecordKind>(
  options: ListingOptions,
  session: Session,
  { kinds, schema, ...shown }: RecordListing<K>,
): Promise<ExitCode> {
  const format = formatOf(options.output, session);
  const query = await queryOf(options, session);
  refuseContradiction(kinds, query);
  if (options.follow) {
    return await followRecords(options, session, { kinds, query, format, ...shown });
  }
  await using store = await openStoreOf(options, session);
  const records = store.records(kinds, query);
  await printListing<RecordOf<K>>(session, records, {
    head: { schema, fields: { store: store.location }, name: "records" },
    toJson: (record: StoredRecord) => recordToWire(record),
    ...shown,
    tail: () => ({ skipped: records.skipped }),
  }, format);
  if (records.skipped > 0) {
    await session.output.flush();
    await session.notes.noteSkipped(records.skipped);
  }
  return EXIT.OK;
}

/** Says so where no record can be listed, instead of listing none. */
function refuseContradiction(kinds: readonly RecordKind[], query: ListingQuery): void {
  if (kindsThatPass(kinds, query).length > 0) return;
  throw usageError(
    "No kind of record has all that is asked for: --type goes with event and dead_letter, " +
      "--actor with event, --target with dead_letter",
  );
}
