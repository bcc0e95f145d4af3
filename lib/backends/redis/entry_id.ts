/**
 * Ids of stream entries: milliseconds and a number within them, in the server's time of arrival.
 *
 * @module
 */

/** The id before every other. */
export const FIRST_ID = "0-0";

/** Less than 0 where `one` comes before `other`. Numbers of 64 bits are compared to the last digit. */
export function compareIds(one: string, other: string): number {
  const [milliseconds, number] = parts(one);
  const [otherMilliseconds, otherNumber] = parts(other);
  return compareDigits(milliseconds, otherMilliseconds) || compareDigits(number, otherNumber);
}

/** The part of an id that tells its time. */
export function millisecondsOf(id: string): string {
  return parts(id)[0];
}

/** The smallest id behind another. */
export function nextId(id: string): string {
  const [milliseconds, number] = parts(id);
  return `${milliseconds}-${BigInt(number) + 1n}`;
}

/** Compares whole numbers written without zeros before them. */
export function compareDigits(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : Number(one > other);
}

function parts(id: string): [string, string] {
  const dash = id.indexOf("-");
  return dash === -1 ? [id, "0"] : [id.slice(0, dash), id.slice(dash + 1)];
}
