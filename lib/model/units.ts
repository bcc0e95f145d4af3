/**
 * Sizes, durations and times as people write them. Pure; the clock is passed in.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";

const BYTES_PER_UNIT: { readonly [unit: string]: number } = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

const SECONDS_PER_UNIT: { readonly [unit: string]: number } = {
  "": 1,
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** Reads a size such as `500MiB`, `2 GB` or `4096` in bytes. Throws INVALID_ARGUMENT. */
export function parseSize(text: string): number {
  const bytes = inUnits(text, BYTES_PER_UNIT);
  if (bytes === null || !Number.isSafeInteger(bytes)) {
    throw unreadable("size", text, "write whole bytes or a number with a unit, such as 500MiB");
  }
  return bytes;
}

/** Writes a size for people: `1.5 MiB`. */
export function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let amount = bytes;
  let unit = 0;
  while (Math.abs(amount) >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${Number.isInteger(amount) ? amount : amount.toFixed(1)} ${units[unit]}`;
}

/** Reads a duration such as `30d`, `24h`, `500ms` or `90` in seconds. Throws INVALID_ARGUMENT. */
export function parseDuration(text: string): number {
  const seconds = inUnits(text, SECONDS_PER_UNIT);
  if (seconds === null || !Number.isFinite(seconds)) {
    throw unreadable("duration", text, "write a number with ms, s, m, h, d or w, such as 24h");
  }
  return seconds;
}

/** Writes a duration in the largest unit that holds it whole: `30d`, `90s`, `250ms`. */
export function formatDuration(seconds: number): string {
  for (const unit of ["w", "d", "h", "m", "s"]) {
    const amount = seconds / SECONDS_PER_UNIT[unit]!;
    if (amount >= 1 && Number.isInteger(amount)) return `${amount}${unit}`;
  }
  return seconds < 1 ? `${Math.round(seconds * 1000)}ms` : `${Number(seconds.toFixed(3))}s`;
}

/**
 * Reads a moment as Unix seconds: `1700000000.5`, ISO 8601 (UTC where it names no zone), or a
 * duration before now such as `24h`. Throws INVALID_ARGUMENT.
 */
export function parseTime(text: string, nowSeconds: number): number {
  const trimmed = text.trim();
  if (/^[+-]?\d+(\.\d+)?$/.test(trimmed) && Number.isFinite(Number(trimmed))) {
    return Number(trimmed);
  }
  const time = parseIso(trimmed) ?? beforeNow(trimmed, nowSeconds);
  if (time === null) {
    throw unreadable("time", text, "write Unix seconds, ISO 8601, or how long ago, such as 24h");
  }
  return time;
}

/** Writes a moment as ISO 8601 in UTC; as plain seconds where no calendar reaches. */
export function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}

const ISO_TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?(?:Z|([+-])(\d\d):?(\d\d))?$/i;

function parseIso(text: string): number | null {
  const match = ISO_TIME.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) =>
    Number(part ?? 0)
  ) as [number, number, number, number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  // Date.UTC carries the 30th of February over into March.
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day &&
    hour < 24 && minute < 60 && second < 60;
  if (!isReal) return null;
  const offset = Number(match[9] ?? 0) * 3600 + Number(match[10] ?? 0) * 60;
  const fraction = Number(match[7] ?? 0);
  return date.getTime() / 1000 + fraction - (match[8] === "-" ? -offset : offset);
}

function beforeNow(text: string, nowSeconds: number): number | null {
  const duration = /[a-z]/i.test(text)
    ? inUnits(text.replace(/\s+ago$/i, ""), SECONDS_PER_UNIT)
    : null;
  return duration === null ? null : nowSeconds - duration;
}

function inUnits(text: string, units: { readonly [unit: string]: number }): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return null;
  const unit = match[2]!.toLowerCase();
  return Object.hasOwn(units, unit) ? Number(match[1]) * units[unit]! : null;
}

function unreadable(what: string, text: string, next: string): PapyraError {
  return new PapyraError("INVALID_ARGUMENT", `Cannot read ${what} "${text}": ${next}`);
}
