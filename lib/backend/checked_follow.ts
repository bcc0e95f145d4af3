/**
 * What to follow, as backends get it: complete and checked.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import { RECORD_KINDS, type RecordKind, type StoredRecord } from "../model/record.ts";
import { limitsOf, type RetentionPolicy } from "../model/retention.ts";
import type { FollowQuery, RecordQuery } from "./backend.ts";
import { type CheckedQuery, checkQuery } from "./checked_query.ts";

/** What a backend is asked to follow. */
export interface CheckedFollow {
  /** Those that are there already and come first; its limit is 0 where none does. */
  readonly first: CheckedQuery;
  /** Kinds to follow: those asked for that can pass the filters. */
  readonly kinds: ReadonlySet<RecordKind>;
  /** Whether a record of these kinds that comes later is asked for. Throws once the signal has fired. */
  readonly matches: (record: StoredRecord) => boolean;
  /** The number of the last record that was seen before; 0 for none. */
  readonly afterSeq: number;
  /** To be called once for each damaged line passed over. */
  readonly onSkipped: () => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Where a store is followed from, and by which clock. */
export interface FollowContext {
  /** The store's own retention. */
  readonly retention: RetentionPolicy;
  /** The clock, in Unix seconds. */
  readonly now: () => number;
  /** To be called once for each damaged line passed over. */
  readonly onSkipped: () => void;
  /** Ends it, in place of the query's signal. */
  readonly signal: AbortSignal;
}

/** Checks what a caller asks to follow. Throws INVALID_ARGUMENT. */
export function checkFollow(
  kinds: readonly RecordKind[],
  query: FollowQuery,
  { retention, now, onSkipped, signal }: FollowContext,
): CheckedFollow {
  if ((query as RecordQuery).reverse) {
    throw new PapyraError(
      "INVALID_ARGUMENT",
      "Cannot follow in reverse: what comes last is not known yet",
    );
  }
  // Whatever comes later lies behind every number there was, also where it has none itself.
  const { afterSeq, ...filters } = query;
  const isPlaced = query.since !== undefined || afterSeq !== undefined;
  const { limit = isPlaced ? Infinity : 0 } = query;
  const first = checkQuery(kinds, { ...query, limit, signal }, retention, now(), onSkipped);
  const later = checkQuery(kinds, { ...filters, signal }, retention, now(), onSkipped);
  const maxAge = maxAges(first.retention);
  const isTooOld = ({ kind, timestamp }: StoredRecord): boolean =>
    timestamp !== null && timestamp < now() - maxAge[kind];
  return {
    first,
    kinds: first.kinds,
    matches: (record) => !isTooOld(record) && later.matches(record),
    afterSeq: afterSeq ?? 0,
    onSkipped,
    signal,
  };
}

function maxAges(policy: RetentionPolicy): { readonly [K in RecordKind]: number } {
  const ages = RECORD_KINDS.map((kind) => [kind, limitsOf(policy, kind).maxAgeSeconds ?? Infinity]);
  return Object.fromEntries(ages);
}
