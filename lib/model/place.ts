/**
 * Places of records in their store, as text: a sequence number, or the id of a stream's entry.
 *
 * @module
 */

/** Less than 0 where `one` comes before `other`. Numbers of 64 bits are compared to the last digit. */
export function comparePlaces(one: string, other: string): number {
  if (one === other) return 0;
  if (!one.includes("-") && !other.includes("-")) return compareDigits(one, other);
  const [first, second] = placeParts(one);
  const [otherFirst, otherSecond] = placeParts(other);
  return compareDigits(first, otherFirst) || compareDigits(second, otherSecond);
}

/** Compares whole numbers written without zeros before them. */
export function compareDigits(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : Number(one > other);
}

/** The two numbers of a place; the second is 0 where there is none. */
export function placeParts(place: string): [string, string] {
  const dash = place.indexOf("-");
  return dash === -1 ? [place, "0"] : [place.slice(0, dash), place.slice(dash + 1)];
}
