/**
 * Parts of messages that came from data.
 *
 * @module
 */

/** A text that is no longer than this, with an ellipsis where something was left out. */
export function shortened(text: string, lengthMax = 60): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}
