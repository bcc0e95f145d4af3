/**
 * JSON that is read without changing it: numbers that a double cannot hold are refused, not rounded.
 *
 * @module
 */

import { messageOf, PapyraError } from "../errors.ts";
import type { JsonObject, JsonValue } from "./record.ts";
import { shortened } from "./shortened.ts";

// Some runtimes put a whole word of the text into it.
const REASON_LENGTH_MAX = 200;

// Fifteen digits always survive a double, so only longer numbers and exponents need a closer look.
const MAY_CHANGE = /\d[\d.]{15}|\d[eE]/;
const QUOTE_OR_NUMBER = /"|-?\d[\d.eE+-]*/g;

/**
 * Parses a JSON text; `what` names it in messages.
 *
 * Throws INVALID_INPUT where it is not JSON, or holds a number that would come out as another one.
 */
export function parseExactJson(text: string, what: string): JsonValue {
  const value = parse(text, what);
  for (const { token } of changedNumbers(text)) {
    throw new PapyraError(
      "INVALID_INPUT",
      `Cannot read ${what}: number ${shortened(token)} would be rounded, write it as a string`,
    );
  }
  return value;
}

/**
 * The JSON of an object as `JSON.stringify` gives it, once `arrange` has put its members into another
 * order or left some out. A number that would come out as another one stays as it is written.
 */
export function rewriteJson(text: string, arrange: (value: JsonObject) => JsonObject): string {
  const numbers = [...changedNumbers(text)];
  if (numbers.length === 0) return JSON.stringify(arrange(JSON.parse(text)));
  const mark = crypto.randomUUID();
  let marked = "";
  let from = 0;
  for (const { token, index } of numbers) {
    marked += `${text.slice(from, index)}"${mark}${token}"`;
    from = index + token.length;
  }
  const json = JSON.stringify(arrange(JSON.parse(marked + text.slice(from))));
  return json.replaceAll(new RegExp(`"${mark}([^"]*)"`, "g"), "$1");
}

function parse(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = shortened(messageOf(cause), REASON_LENGTH_MAX);
    throw new PapyraError("INVALID_INPUT", `Cannot read ${what}: not JSON (${reason})`, { cause });
  }
}

function* changedNumbers(json: string): Generator<{ token: string; index: number }> {
  if (!MAY_CHANGE.test(json)) return;
  const pattern = new RegExp(QUOTE_OR_NUMBER);
  for (let match = pattern.exec(json); match !== null; match = pattern.exec(json)) {
    const { 0: token, index } = match;
    if (token === '"') {
      pattern.lastIndex = stringEnd(json, pattern.lastIndex);
      continue;
    }
    if (!MAY_CHANGE.test(token)) continue;
    const kept = String(Number(token));
    if (kept !== token && normalized(kept) !== normalized(token)) yield { token, index };
  }
}

/** The index behind the string that starts at `start`; an expression would overflow on long ones. */
function stringEnd(json: string, start: number): number {
  let quote = json.indexOf('"', start);
  while (isEscaped(json, quote)) quote = json.indexOf('"', quote + 1);
  return quote + 1;
}

function isEscaped(json: string, index: number): boolean {
  let first = index;
  while (json[first - 1] === "\\") first--;
  return (index - first) % 2 === 1;
}

/** Digits without zeros at either end, and the power of ten of the last one: `1.50e3` is `15e2`. */
function normalized(token: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token);
  if (match === null) return token;
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${power}`;
}
