/**
 * Numbers and times in sentences.
 *
 * @module
 */

import { formatTime } from "../model/units.ts";

/** A whole number with separators: `12,345`. */
export function formatCount(count: number): string {
  return count < 1e15
    ? String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",")
    : count.toExponential(1);
}

/** A number and what it counts: `1 record`, `2 records`. */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

/** A moment to the minute, unless told otherwise, in UTC: `2023-11-14 22:13 UTC`. */
export function formatMoment(seconds: number, unit: "minute" | "second" = "minute"): string {
  const text = formatTime(seconds);
  if (!/^\d{4}-/.test(text)) return text;
  return `${text.slice(0, unit === "minute" ? 16 : 19).replace("T", " ")} UTC`;
}

const UNITS = [["year", 31_557_600], ["day", 86_400], ["hour", 3600], ["minute", 60]] as const;

/** About how long: `3 days`, `5 hours`. */
export function formatSpan(seconds: number): string {
  for (const [unit, length] of UNITS) {
    // Two of a unit tell more than one of the next.
    if (seconds >= 2 * length) return counted(Math.round(seconds / length), unit);
  }
  return counted(Math.round(seconds), "second");
}

/** A moment to come, as closely as it can be known: to the minute, the day or the year. */
export function formatExpected(seconds: number, now: number): string {
  const text = formatMoment(seconds);
  if (seconds - now < 2 * 86_400) return text;
  return seconds - now < 2 * 31_557_600 ? text.slice(0, 10) : text.slice(0, 4);
}
