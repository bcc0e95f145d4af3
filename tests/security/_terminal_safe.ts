/**
 * What a terminal would take for something other than text.
 *
 * @module
 */

// Not the pattern that the code uses: what that forgets, this must not forget too.
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** Whether nothing in some lines drives a terminal, turns the direction of writing or ends a line early. */
export function isHarmless(lines: string): boolean {
  return lines.split("\n").every((line) => !HARMFUL.test(line));
}
