/**
 * Listing records as they come.
 *
 * @module
 */

import type { RecordStream } from "../backend/backend.ts";
import { PapyraError } from "../errors.ts";
import type { RecordKind, RecordOf, StoredRecord } from "../model/record.ts";
import { recordToWire } from "../model/wire.ts";
import { extendedError } from "./extended_error.ts";
import { writerOf } from "./listing.ts";
import type { ListingFormat } from "./listing_format.ts";
import { type OpenFlags, openStoreOf } from "./open_store.ts";
import type { ListingQuery } from "./options/reading_options.ts";
import { OutputClosed } from "./output.ts";
import type { ListingWriter } from "./printers/listing_writer.ts";
import type { Column } from "./printers/table_writer.ts";
import type { Session } from "./session.ts";
import { usageError } from "./usage_error.ts";

/** Which records a command follows, and how they are told. */
export interface FollowedListing<K extends RecordKind> {
  /** The kinds of records. */
  readonly kinds: readonly K[];
  /** Which of them. */
  readonly query: ListingQuery;
  /** How to print them. */
  readonly format: ListingFormat;
  /** A record as a line. */
  readonly toText: (record: RecordOf<K>) => string;
  /** A record as a row of a table. */
  readonly columns: readonly Column<RecordOf<K>>[];
}

const NEWEST_SHOWN = 10;

/** Prints records as they come, until it is stopped or nobody reads on. Never ends without an error. */
export async function followRecords<K extends RecordKind>(
  flags: OpenFlags,
  session: Session,
  { kinds, query, format, ...shown }: FollowedListing<K>,
): Promise<never> {
  const { reverse, ...followed } = query;
  if (reverse) throw usageError("Cannot follow in reverse: give --follow or --reverse");
  if (format === "json") {
    throw usageError("Cannot follow as one JSON document, which would never end: give -o ndjson");
  }
  await using store = await openStoreOf(flags, session, "wait");
  const toJson = (record: StoredRecord) => recordToWire(record);
  const following = new RecordFollowing(session, writerOf(session, { toJson, ...shown }, format));
  const onCaughtUp = () => following.settle();
  const isPlaced = query.since !== undefined || query.afterSeq !== undefined;
  const limit = isPlaced ? {} : { limit: NEWEST_SHOWN };
  const records = store.follow(kinds, { ...limit, ...followed, onCaughtUp });
  return await following.print(records, query.afterSeq);
}

class RecordFollowing<T extends StoredRecord> {
  readonly #session: Session;
  readonly #writer: ListingWriter<T>;
  #records: RecordStream<T> | undefined;
  #skippedTold = 0;

  constructor(session: Session, writer: ListingWriter<T>) {
    this.#session = session;
    this.#writer = writer;
  }

  /** Shows what came so far, before waiting for more. */
  async settle(): Promise<void> {
    await this.#writer.settle();
    await this.#session.output.flush();
    const skipped = this.#records?.skipped ?? 0;
    await this.#session.notes.noteSkipped(skipped - this.#skippedTold);
    this.#skippedTold = skipped;
  }

  async print(records: RecordStream<T>, afterSeq: number | undefined): Promise<never> {
    this.#records = records;
    let lastSeq = afterSeq;
    try {
      for await (const record of records) {
        await this.#writer.item(record);
        lastSeq = record.seq ?? lastSeq;
      }
    } catch (error) {
      if (error instanceof OutputClosed) throw error;
      await this.settle();
      throw withResumption(error, lastSeq);
    }
    throw new Error("Following ended by itself");
  }
}

/** Says how to go on where somebody stopped it. */
function withResumption(error: unknown, lastSeq: number | undefined): unknown {
  const isStopped = error instanceof PapyraError && ["ABORTED", "TIMED_OUT"].includes(error.code);
  if (!isStopped || lastSeq === undefined) return error;
  return extendedError(error, `to go on behind what was shown, give --after-seq ${lastSeq}`);
}
