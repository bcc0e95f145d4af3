/**
 * Words of a command line that somebody copies into a shell.
 *
 * @module
 */

import { UNSAFE_CHARACTERS } from "./unsafe_characters.ts";

/**
 * Quotes `text` so that a shell takes it as one word and expands nothing in it.
 *
 * What could not be copied from a terminal as it is stands as `$'\012'`, which bash, zsh, ksh and every
 * shell of POSIX 2024 read.
 */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (text.search(UNSAFE_CHARACTERS) === -1) return `'${text.replaceAll("'", "'\\''")}'`;
  const safe = text.replaceAll(/[\\']/g, "\\$&").replaceAll(UNSAFE_CHARACTERS, octal);
  return `$'${safe}'`;
}

function octal(character: string): string {
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
