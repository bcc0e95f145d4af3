/**
 * What a JSON text may hold, however few bytes it takes. Parsing takes memory for each value and each
 * level of nesting, up to a hundred times that of the text, and not every runtime can write again what
 * it could read of a deep one.
 *
 * @module
 */

/** The most values at all levels together: objects, arrays, and what they hold. */
export const JSON_VALUES_MAX: number = 2 ** 18;

/** The most levels of nesting. */
export const JSON_DEPTH_MAX = 10_000;

/** A text that is no longer is within the limits: each value and each level takes a byte. */
export const JSON_BYTES_SAFE: number = JSON_DEPTH_MAX;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;

/** Whether a text, which need not be JSON after all, holds too much to be parsed. */
export function exceedsJsonLimits(text: Uint8Array): boolean {
  if (text.length <= JSON_BYTES_SAFE) return false;
  let values = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    switch (text[index]) {
      case QUOTE:
        index = endOfString(text, index);
        break;
      case BRACKET_OPEN:
      case BRACE_OPEN:
        values += 2;
        depth++;
        break;
      case BRACKET_CLOSE:
      case BRACE_CLOSE:
        depth--;
        break;
      case COMMA:
        values++;
    }
    if (values > JSON_VALUES_MAX || depth > JSON_DEPTH_MAX) return true;
  }
  return false;
}

/** Where the string that begins at `start` ends; behind the text, where it does not. */
export function endOfString(text: Uint8Array, start: number): number {
  for (let quote = text.indexOf(QUOTE, start + 1); quote !== -1;) {
    let escape = quote;
    while (text[escape - 1] === BACKSLASH) escape--;
    if ((quote - escape) % 2 === 0) return quote;
    quote = text.indexOf(QUOTE, quote + 1);
  }
  return text.length;
}
