/**
 * Options of commands that list records.
 *
 * @module
 */

import { formatTime } from "../../model/units.ts";
import { LISTING_FORMATS } from "../listing_format.ts";
import { filterOf, type FilterValues } from "./filter_options.ts";
import { flag, optional, type OptionValues } from "../option.ts";
import type { Session } from "../session.ts";
import type { RecordQuery } from "../../backend/backend.ts";
import { asCount, asOneOf, asTime } from "../value_readers.ts";
import { usageError } from "../usage_error.ts";

/** Options that bound a listing in time. */
export const PERIOD_OPTIONS = {
  since: optional(
    {
      placeholder: "TIME",
      summary: "Only from this time on: Unix seconds, ISO 8601, or how long ago, such as 24h",
    },
    asTime,
  ),
  until: optional(
    { placeholder: "TIME", summary: "Only up to this time, itself included" },
    asTime,
  ),
};

/** Options that say which records to list, in which order and how. */
export const READING_OPTIONS = {
  limit: optional({ placeholder: "N", summary: "Only the newest N of what is left" }, asCount),
  ...PERIOD_OPTIONS,
  afterSeq: optional(
    { placeholder: "N", summary: "Only records with a larger sequence number than N" },
    asCount,
  ),
  reverse: flag("Newest first"),
  byId: flag(
    "On Redis: --since and --until hold for the time of arrival too; reads only that part",
  ),
  follow: flag(
    "Go on with records as they come; the newest 10 first, when nothing else is said",
    "f",
  ),
  output: optional(
    {
      placeholder: "FORMAT",
      short: "o",
      summary: "How to print them; text, when not given",
      choices: LISTING_FORMATS,
    },
    asOneOf(LISTING_FORMATS, "output format"),
  ),
};

/** What a listing asks the store for, whatever the kinds. */
export type ListingQuery = Omit<RecordQuery, "where">;

/** A period as the contract takes it. Throws INVALID_ARGUMENT where it ends before it begins. */
export function periodOf(
  options: OptionValues<typeof PERIOD_OPTIONS>,
): { since?: number; until?: number } {
  const { since, until } = options;
  if (since !== undefined && until !== undefined && since > until) {
    throw usageError(
      `Cannot list from ${formatTime(since)} to ${
        formatTime(until)
      }: --until lies before --since, swap them`,
    );
  }
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

/** What a listing asks the store for; says so where nothing can be as new as asked. */
export async function queryOf(
  options: OptionValues<typeof READING_OPTIONS> & FilterValues,
  { notes, signal }: Session,
): Promise<ListingQuery> {
  const period = periodOf(options);
  if (period.since !== undefined && period.since > Date.now() / 1000) {
    await notes.note(`--since ${formatTime(period.since)} lies in the future, check it`);
  }
  const { limit, afterSeq, reverse, byId } = options;
  return {
    ...period,
    ...filterOf(options),
    ...(limit === undefined ? {} : { limit }),
    ...(afterSeq === undefined ? {} : { afterSeq }),
    reverse,
    ...(byId ? { byId } : {}),
    signal,
  };
}
