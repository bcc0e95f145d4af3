/**
 * Text that came from a record, a path or an error, made safe to be shown.
 *
 * Control characters could drive the terminal or forge a line, and those that turn the direction of
 * writing could hide what a line says.
 *
 * @module
 */

const UNSAFE =
  // deno-lint-ignore no-control-regex -- control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const SHORT: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Writes unsafe characters as `\n`, `\x1b` or `\u202e`. */
export function escapeText(text: string): string {
  return text.replaceAll(UNSAFE, (character) => SHORT[character] ?? escaped(character));
}

/** The same for a JSON text, whose meaning stays as it is. */
export function escapeJson(json: string): string {
  return json.replaceAll(UNSAFE, (character) => unicode(character));
}

/** Hides the passwords of URLs. */
export function hidePasswords(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+]*:\/\/[^\s/:@]*):[^\s/]*@/gi, "$1:***@");
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : unicode(character);
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
