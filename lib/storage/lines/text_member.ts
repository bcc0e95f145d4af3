/**
 * Finds a text among the members of a line's object without parsing the line.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { endOfString } from "../../model/json_limits.ts";
import { matches } from "./line_codec.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;

// Without one, a name stands in the line as it is.
const CODE_ESCAPE = Buffer.from("\\u");

/**
 * The text of the member `name`, which is given with its quotes, of the JSON that stands in `buffer`. Null
 * where finding it takes parsing: it is no text, is written with escapes or among spaces, may be there
 * twice, or is not there.
 */
export function textMemberOf(
  buffer: Uint8Array,
  name: Buffer,
  start = 0,
  end = buffer.length,
): string | null {
  const line = Buffer.from(buffer.buffer, buffer.byteOffset + start, end - start);
  for (let at = 1; line[at] === QUOTE;) {
    const colon = endOfString(line, at) + 1;
    if (colon - at === name.length && matches(line, at, name)) {
      return lastTextAt(line, colon + 1, name);
    }
    at = endOfValue(line, colon + 1) + 1;
  }
  return null;
}

// Of two members with one name, the last counts.
function lastTextAt(line: Buffer, start: number, name: Buffer): string | null {
  if (line[start] !== QUOTE) return null;
  const end = endOfString(line, start);
  const isLast = line.indexOf(name, end) === -1 && line.indexOf(CODE_ESCAPE, end) === -1;
  if (!isLast) return null;
  const text = line.toString("utf8", start + 1, end);
  return text.includes("\\") ? null : text;
}

// Where the comma behind a value stands.
function endOfValue(line: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < line.length; at++) {
    const byte = line[at];
    if (byte === QUOTE) at = endOfString(line, at);
    else if (byte === BRACE_OPEN || byte === BRACKET_OPEN) depth++;
    else if (byte === BRACE_CLOSE || byte === BRACKET_CLOSE) depth--;
    else if (byte === COMMA && depth === 0) return at;
  }
  return line.length;
}
