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
import { checkFilter, kindsThatPass } from "./record_filter.ts";

/** What a backend is asked to read. */
export interface CheckedQuery {
  /** Kinds to read: those asked for that can pass the filters. */
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
  /** Smallest timestamp that matches, for backends that can pass over parts; -Infinity for any. */
  readonly since: number;
  /** Largest timestamp that matches, for backends that can pass over parts; Infinity for any. */
  readonly until: number;
  /** Only larger sequence numbers match; null where those without one do too. */
  readonly afterSeq: number | null;
  /** Whether the times hold for the arrival too, where ids tell it. */
  readonly byId: boolean;
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
  const { limit = Infinity, where, signal } = query;
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 0)) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      `Cannot use limit ${limit}: it must be a whole number from 0 up`,
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
  const { since, until, afterSeq, passes } = checkFilter(query);
  const kindsToRead = new Set(kindsThatPass(kinds, query));
  return {
    kinds: kindsToRead,
    // Where nothing can be found, nothing has to be read.
    limit: kindsToRead.size === 0 ? 0 : limit,
    reverse: query.reverse ?? false,
    retention,
    nowSeconds,
    matches: (record) => {
      // A read that finds nothing for long is stopped here.
      throwIfAborted(signal);
      return passes(record) && (where === undefined || where(record));
    },
    since,
    until,
    afterSeq,
    byId: query.byId ?? false,
    onSkipped,
    signal,
  };
}
