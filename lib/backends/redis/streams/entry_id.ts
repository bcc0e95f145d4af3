/**
 * Ids of stream entries: milliseconds and a number within them, in the server's time of arrival.
 *
 * @module
 */

import { placeParts } from "../../../model/place.ts";

export { compareDigits, comparePlaces as compareIds } from "../../../model/place.ts";

/** The id before every other. */
export const FIRST_ID = "0-0";

/** The part of an id that tells its time. */
export function millisecondsOf(id: string): string {
  return placeParts(id)[0];
}

/** The smallest id behind another. */
export function nextId(id: string): string {
  const [milliseconds, number] = placeParts(id);
  return `${milliseconds}-${BigInt(number) + 1n}`;
}
