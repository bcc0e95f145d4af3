/**
 * Text that came from a record, a path or an error, made safe to be shown.
 *
 * @module
 */

import { UNSAFE_CHARACTERS } from "./unsafe_characters.ts";

const SHORT: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

// Where every character is replaced, all of a long text at once would take many times its size.
const SLICE_LENGTH = 16 * 1024;

/** Writes unsafe characters as `\n`, `\x1b` or `\u202e`. */
export function escapeText(text: string): string {
  return inText.apply(text);
}

/** The same for a JSON text, whose meaning stays as it is. */
export function escapeJson(json: string): string {
  return inJson.apply(json);
}

/** Hides the passwords of URLs. */
export function hidePasswords(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+]*:\/\/[^\s/:@]*):[^\s/]*@/gi, "$1:***@");
}

/** What stands in the place of each unsafe character: looked up, not made again for each of millions. */
class Replacement {
  readonly #write: (character: string) => string;
  #written: ReadonlyMap<string, string> | undefined;

  constructor(write: (character: string) => string) {
    this.#write = write;
  }

  apply(text: string): string {
    let safe = "";
    for (let at = 0; at < text.length; at += SLICE_LENGTH) {
      safe += this.#applyTo(text.slice(at, at + SLICE_LENGTH));
    }
    return safe;
  }

  #applyTo(text: string): string {
    if (text.search(UNSAFE_CHARACTERS) === -1) return text;
    this.#written ??= new Map(unsafeCharacters().map((each) => [each, this.#write(each)]));
    const parts: string[] = [];
    for (let index = 0; index < text.length; index++) {
      const character = text[index]!;
      parts.push(this.#written.get(character) ?? character);
    }
    return parts.join("");
  }
}

function unsafeCharacters(): readonly string[] {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join("");
  return all.match(UNSAFE_CHARACTERS) ?? [];
}

const inText = new Replacement((character) => SHORT[character] ?? escaped(character));
const inJson = new Replacement(unicode);

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : unicode(character);
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
