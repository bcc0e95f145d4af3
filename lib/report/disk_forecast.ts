/**
 * When the disk is full, if the store goes on as it did of late. Pure; the clock is passed in.
 *
 * @module
 */

import { formatSize } from "../model/units.ts";
import type { Pace } from "./pace_tally.ts";
import type { DiskForecast, ForecastGap } from "./store_report.ts";
import { counted, formatExpected, formatSpan } from "./wording.ts";

/** What it is told from. */
export interface ForecastQuestion {
  /** Unix seconds. */
  readonly now: number;
  /** Bytes that can still be written; null where that cannot be told. */
  readonly freeBytes: number | null;
  /** Bytes that the store takes. */
  readonly bytes: number;
  /** Its records, of any time. */
  readonly records: number;
  /** How fast records came. */
  readonly pace: Pace;
  /** Bytes that were there when the pace's time began, and were removed since. */
  readonly olderBytesRemoved: number;
}

const WINDOW_SECONDS_MIN = 3600;
const DAY_SECONDS = 86_400;
// Nobody's disk is that old, and no calendar goes much further.
const HORIZON_SECONDS = 100 * 365 * DAY_SECONDS;

/** Says when the disk is full, or plainly why nobody can. */
export function forecastDisk(question: ForecastQuestion): DiskForecast {
  const { now, freeBytes, pace, bytes, records, olderBytesRemoved } = question;
  const windowSeconds = Math.max(0, now - pace.windowFrom);
  const grown = bytes * pace.records / Math.max(1, records) - olderBytesRemoved;
  const gap = gapIn(question, windowSeconds, grown);
  const isPaceKnown = gap === null || gap === "no_disk" || gap === "shrinking" ||
    gap === "not_growing";
  const isMeasured = isPaceKnown && windowSeconds >= WINDOW_SECONDS_MIN;
  const bytesPerDay = isMeasured ? grown / windowSeconds * DAY_SECONDS : null;
  const secondsLeft = gap === null ? freeBytes! / (grown / windowSeconds) : Infinity;
  const fullAt = secondsLeft < HORIZON_SECONDS ? now + secondsLeft : null;
  return {
    freeBytes,
    bytesPerDay,
    windowSeconds,
    fullAt,
    gap,
    sentence: gap === null
      ? known(question, bytesPerDay!, fullAt)
      : `${freeText(freeBytes)}${SENTENCES[gap](question)}`,
  };
}

function gapIn(
  { freeBytes, pace, records }: ForecastQuestion,
  windowSeconds: number,
  grown: number,
): ForecastGap | null {
  if (freeBytes === null) return "no_disk";
  if (records === 0 || pace.oldest === null) return "no_store";
  if (pace.futureRecords > 0 || pace.hasStepsBack) return "clock";
  if (windowSeconds < WINDOW_SECONDS_MIN) return "too_short";
  if (pace.records === 0 && grown === 0) return "not_growing";
  return grown <= 0 ? "shrinking" : null;
}

const SENTENCES: { readonly [G in ForecastGap]: (question: ForecastQuestion) => string } = {
  no_disk: () => "How much room is left where the store lies cannot be told from here.",
  no_store: () => "When the disk is full cannot be told: there are no records with a time.",
  too_short: ({ now, pace }) =>
    `When the disk is full cannot be told yet: the records span only ${
      formatSpan(Math.max(0, now - pace.windowFrom))
    }, and an hour is the least.`,
  clock: ({ pace }) =>
    pace.futureRecords > 0
      ? `When the disk is full cannot be told: the times of ${
        counted(pace.futureRecords, "record")
      } are yet to come, so a clock has jumped.`
      : "When the disk is full cannot be told: the times of records go back by more than an hour, " +
        "so a clock has jumped, or old records were brought in.",
  not_growing: ({ now, pace }) =>
    `The store does not fill it: nothing was recorded in the last ${
      formatSpan(now - pace.windowFrom)
    }.`,
  shrinking: ({ now, pace }) =>
    `The store does not fill it: in the last ${
      formatSpan(now - pace.windowFrom)
    } compactions took away at least as much as was recorded.`,
};

function freeText(freeBytes: number | null): string {
  if (freeBytes === 0) return "The disk is full. ";
  return freeBytes === null ? "" : `${formatSize(freeBytes)} are free. `;
}

function known(
  { now, freeBytes, pace }: ForecastQuestion,
  bytesPerDay: number,
  fullAt: number | null,
): string {
  const rate = `${formatSize(Math.round(bytesPerDay))} a day, as in the last ${
    formatSpan(now - pace.windowFrom)
  }`;
  const free = freeText(freeBytes);
  if (freeBytes === 0) return `${free}The store grows by ${rate}.`;
  return fullAt === null
    ? `${free}At ${rate}, they last for more than a hundred years.`
    : `${free}At ${rate}, the disk is full in ${formatSpan(fullAt - now)}, about ${
      formatExpected(fullAt, now)
    }.`;
}
