/**
 * How the text of an option's value becomes what a command works with. Each throws INVALID_ARGUMENT.
 *
 * @module
 */

import { parseMode } from "../model/mode.ts";
import { parseDuration, parseSize, parseTime } from "../model/units.ts";
import type { ValueReader } from "./option.ts";
import { usageError } from "./usage_error.ts";

/** The text as it stands. */
export function asText(text: string): string {
  return text;
}

/** A whole number from 0 up. */
export function asCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(count)) return count;
  throw usageError(`Cannot read "${text}": write a whole number from 0 up`);
}

/** A whole number from 1 up. */
export const asCountFromOne = fromOne(asCount, "write a whole number from 1 up");

/** A size of a byte at the least. */
export const asSizeFromOne = fromOne(parseSize, "write a size from 1 byte up, such as 64MiB");

/** A duration of a second at the least, in seconds. */
export const asAgeFromOne = fromOne(parseDuration, "write a duration from 1s up, such as 1d");

/** A duration, in milliseconds. */
export function asMilliseconds(text: string): number {
  return parseDuration(text) * 1000;
}

/** A part of a whole, from 0 to 1. */
export function asShare(text: string): number {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  const share = percent === undefined ? NaN : Number(percent) / 100;
  if (share <= 1) return share;
  throw usageError(`Cannot read "${text}": write a percentage from 0% to 100%, such as 5%`);
}

/** A moment, in Unix seconds. */
export function asTime(text: string): number {
  return parseTime(text, Date.now() / 1000);
}

/** One of several names, in any case. */
export function asOneOf<M extends string>(modes: readonly M[], what: string): ValueReader<M> {
  return (text) => parseMode(text, modes, what);
}

function fromOne(read: ValueReader<number>, next: string): ValueReader<number> {
  return (text) => {
    const value = read(text);
    if (value >= 1) return value;
    throw usageError(`Cannot use "${text}": ${next}`);
  };
}
