/**
 * Characters that must not come out as they are: control characters could drive a terminal or forge a
 * line, and those that turn the direction of writing could hide what a line says.
 *
 * @module
 */

/** Finds all of them. */
export const UNSAFE_CHARACTERS: RegExp =
  /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
