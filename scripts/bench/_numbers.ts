/**
 * Numbers for people.
 *
 * @module
 */

/** A whole number, its digits in groups. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en").replaceAll(",", " ");
}

/** A number with three digits that matter. */
export function number(value: number): string {
  return value >= 100 ? count(value) : `${Number(value.toPrecision(3))}`;
}

/** Bytes in millions. */
export function megabytes(bytes: number): string {
  return `${count(bytes / 1e6)} MB`;
}
