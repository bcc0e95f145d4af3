/**
 * How many columns of a terminal a text takes. The text has no control characters.
 *
 * @module
 */

const PRINTABLE_ASCII = /^[ -~]*$/;
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]/u;
// Unicode's East Asian Wide and Fullwidth in broad strokes, and what is shown as an emoji by itself.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

// Marks can be piled up without end, and take no width.
const CHARACTERS_PER_COLUMN_MAX = 4;
const ELLIPSIS = "…";

/** The columns that a text takes. */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** A text cut to `width` columns, with an ellipsis where something was cut. */
export function clipText(text: string, width: number): string {
  if (width === Infinity) return text;
  // Most texts are plain, and their characters need no look of their own.
  if (width >= 1 && PRINTABLE_ASCII.test(text.slice(0, width + 1))) {
    return text.length <= width ? text : text.slice(0, width - 1) + ELLIPSIS;
  }
  let [used, characters, index, end] = [0, 0, 0, 0];
  for (const character of text) {
    used += characterWidth(character);
    if (used > width || ++characters > width * CHARACTERS_PER_COLUMN_MAX) {
      return width < 1 ? "" : text.slice(0, end) + ELLIPSIS;
    }
    index += character.length;
    if (used < width) end = index;
  }
  return text;
}

function characterWidth(character: string): number {
  if (character <= "~" || !WITHOUT_WIDTH.test(character) && !WIDE.test(character)) return 1;
  return WITHOUT_WIDTH.test(character) ? 0 : 2;
}
