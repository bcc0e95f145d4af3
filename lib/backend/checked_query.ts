/**
 * A query as backends get it: complete and checked.
 *
 * @module
 */

import { PapyraError, throwIfAborted } from "../errors.ts";
import { isRecordKind, type RecordKind, type StoredRecord } from "../model/record.ts";
import type { RetentionPolicy } from "../model/retention.ts";
import { validateRetention } from "../model/retention.ts";
import type { RecordQuery } from "./backend.ts";

/** What a backend is asked to read. */
export interface CheckedQuery {
  /** Kinds to read. */
  readonly kinds: ReadonlySet<RecordKind>;
  /** The newest so many; Infinity for all. */
  readonly limit: number;
  /** Newest first. */
  readonly reverse: boolean;
  /** What retention keeps, as of {@linkcode CheckedQuery.nowSeconds}. */
  readonly retention: RetentionPolicy;
  /** When the query was made, Unix seconds. */
  readonly nowSeconds: number;
  /** Whether a record that retention keeps is asked for. Throws once the signal has fired. */
  readonly matches: (record: StoredRecord) => boolean;
  /** To be called once for each damaged line passed over. */
  readonly onSkipped: () => void;
  /** Stops the read. */
  readonly signal: AbortSignal | undefined;
}

/** Checks a caller's query. Throws INVALID_ARGUMENT. */
export function checkQuery(
  kinds: readonly RecordKind[],
  query: RecordQuery,
  storeRetention: RetentionPolicy,
  nowSeconds: number,
  onSkipped: () => void,
): CheckedQuery {
  const { since = -Infinity, until = Infinity, limit = Infinity, where } = query;
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 0)) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Cannot use limit ${limit}: it must be a whole number from 0 up`,
    );
  }
  for (const [name, time] of Object.entries({ since, until })) {
    if (typeof time === "number" && !Number.isNaN(time)) continue;
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Cannot use ${name} ${time}: it must be a number of Unix seconds`,
    );
  }
  for (const kind of kinds) {
    if (isRecordKind(kind)) continue;
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Cannot read records of kind "${kind}": use event, audit or dead_letter`,
    );
  }
  const retention = query.retention ?? storeRetention;
  validateRetention(retention);
  const isTimed = since !== -Infinity || until !== Infinity;
  return {
    kinds: new Set(kinds),
    limit,
    reverse: query.reverse ?? false,
    retention,
    nowSeconds,
    matches: (record) => {
      // A read that finds nothing for long is stopped here.
      throwIfAborted(query.signal);
      // A record without a timestamp lies in no period of time.
      const { timestamp } = record;
      if (isTimed && (timestamp === null || timestamp < since || timestamp > until)) return false;
      return where === undefined || where(record);
    },
    onSkipped,
    signal: query.signal,
  };
}
