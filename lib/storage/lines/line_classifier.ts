/**
 * Says of one line what it is: intact, foreign, rewritten, blank or damaged (design in docs/format.md).
 *
 * The rule that matters most: one flipped bit anywhere never turns an intact line into an accepted one.
 *
 * @module
 */

import { crc32 } from "../late_modules.ts";
import type { AnomalyCode } from "../../model/anomaly.ts";
import { exceedsJsonLimits } from "../../model/json_limits.ts";
import type { JsonObject } from "../../model/record.ts";
import { CHECKPOINT_KIND } from "../format.ts";
import { hasTrailer, isIntact, kindOf, seqOf } from "./line_codec.ts";
import { inWrittenOrder } from "./written_order.ts";

/** What a line can be. */
export type LineState = "intact" | "foreign" | "rewritten" | "blank" | "damaged";

/** What is known of a line. */
export interface LineVerdict {
  /** What it is. */
  readonly state: LineState;
  /** What is wrong with a damaged line; null for others. */
  readonly code: AnomalyCode | null;
  /** Its kind; null where it has none. */
  readonly kind: string | null;
  /** Its sequence number; null where it has none. */
  readonly seq: number | null;
  /** Its object, where finding out took parsing it. */
  readonly value: JsonObject | null;
  /** Whether it held NaN or Infinity, read as null. */
  readonly hasNonFinite: boolean;
  /** How another tool's hand shows in an accepted line; null where it does not. */
  readonly trace: string | null;
}

const BLANK: LineVerdict = {
  state: "blank",
  code: null,
  kind: null,
  seq: null,
  value: null,
  hasNonFinite: false,
  trace: null,
};

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Classifies a line, given without its newline. `isFirst` allows for a byte-order mark. */
export function classifyLine(line: Uint8Array, isFirst = false): LineVerdict {
  return classifyIntact(line, 0, line.length) ?? classifyOther(line, isFirst);
}

/** The verdict on the line that stands in `buffer`; null where it is not intact. */
export function classifyIntact(buffer: Uint8Array, start: number, end: number): LineVerdict | null {
  return isIntact(buffer, start, end) ? intact(buffer, start, end, null) : null;
}

/** A line without what other tools put around it: a byte-order mark, or the first half of CRLF. */
export function bareLine(line: Uint8Array, isFirst: boolean): Uint8Array {
  const hasMark = isFirst && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
  const hasReturn = line.length > 0 && line[line.length - 1] === 0x0d;
  if (!hasMark && !hasReturn) return line;
  return line.subarray(hasMark ? 3 : 0, line.length - (hasReturn ? 1 : 0));
}

/** Classifies a line that is not intact. */
export function classifyOther(line: Uint8Array, isFirst: boolean): LineVerdict {
  const bare = bareLine(line, isFirst);
  if (bare === line) return classifySlowly(line);
  const hasMark = bare.byteOffset > line.byteOffset;
  const trace = hasMark ? "a byte-order mark" : "CRLF line ends";
  if (isIntact(bare)) {
    // Behind a mark nothing stands where it is looked for by position.
    const value = hasMark ? valueOf(bare, BLANK) : null;
    return { ...intact(bare, 0, bare.length, trace), state: "rewritten", value };
  }
  const verdict = classifySlowly(bare);
  return verdict.state === "damaged" || verdict.state === "blank" ? verdict : { ...verdict, trace };
}

function intact(
  buffer: Uint8Array,
  start: number,
  end: number,
  trace: string | null,
): LineVerdict {
  return {
    state: "intact",
    code: null,
    kind: kindOf(buffer, start, end),
    seq: seqOf(buffer, start, end),
    value: null,
    hasNonFinite: false,
    trace,
  };
}

function classifySlowly(line: Uint8Array): LineVerdict {
  if (isBlank(line)) return BLANK;
  if (line.includes(0)) return damaged("NUL_PADDING", line);
  if (exceedsJsonLimits(line)) return damaged("OVERSIZED_LINE", line);
  let text: string;
  try {
    text = utf8.decode(line);
  } catch {
    return damaged("INVALID_UTF8", line);
  }
  const parsed = parse(text);
  if (parsed === null) {
    if (hasTrailer(line)) return damaged("CHECKSUM_MISMATCH", line);
    return damaged(isFragment(text) ? "PARTIAL_WRITE" : "CORRUPTED_LINE", line);
  }
  const { value, hasNonFinite } = parsed;
  if (!isRecordObject(value)) {
    return damaged(hasTrailer(line) ? "CHECKSUM_MISMATCH" : "NOT_A_RECORD", line);
  }
  const isNumbered = Object.hasOwn(value, "seq");
  const isChecksummed = Object.hasOwn(value, "crc");
  if (!isNumbered && !isChecksummed) {
    // Nobody else writes checkpoints: one that shows no checksum has a damaged one.
    if (value.kind === CHECKPOINT_KIND) return damaged("CHECKSUM_MISMATCH", line);
    return {
      state: "foreign",
      code: null,
      kind: value.kind,
      seq: null,
      value,
      hasNonFinite,
      trace: null,
    };
  }
  if (isChecksummed && !hasNonFinite && isRewritten(value, line)) {
    const seq = isNumbered ? value.seq as number : null;
    const trace = "lines written again";
    return { state: "rewritten", code: null, kind: value.kind, seq, value, hasNonFinite, trace };
  }
  return damaged("CHECKSUM_MISMATCH", line);
}

function damaged(code: AnomalyCode, line: Uint8Array): LineVerdict {
  // A damaged line may still show its number; nobody trusts it, but people want to know it.
  const seq = hasTrailer(line) ? seqOf(line) : null;
  return { ...BLANK, state: "damaged", code, seq };
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

function isFragment(text: string): boolean {
  return text.startsWith('{"');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRecordObject(value: unknown): value is JsonObject & { readonly kind: string } {
  return isObject(value) && typeof value.kind === "string";
}

function parse(text: string): { value: unknown; hasNonFinite: boolean } | null {
  try {
    return { value: JSON.parse(text), hasNonFinite: false };
  } catch {
    const finite = withoutNonFinite(text);
    if (finite === null) return null;
    try {
      return { value: JSON.parse(finite), hasNonFinite: true };
    } catch {
      return null;
    }
  }
}

const NON_FINITE = /-?\bInfinity\b|\bNaN\b/g;

/**
 * The text with null in place of NaN and Infinity; null where it holds neither.
 */
// Strings stay as they are. They are not matched by an expression: one of megabytes would be too long.
export function withoutNonFinite(text: string): string | null {
  if (!text.includes("NaN") && !text.includes("Infinity")) return null;
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    const quote = text.indexOf('"', from);
    const string = quote === -1 ? text.length : quote;
    parts.push(text.slice(from, string).replace(NON_FINITE, "null"));
    from = endOfString(text, string);
    parts.push(text.slice(string, from));
  }
  return parts.join("");
}

function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1;) {
    let escape = quote;
    while (text[escape - 1] === "\\") escape--;
    if ((quote - escape) % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

/**
 * Whether another tool serialised a line of ours again: encoding it as we do gives its checksum, and
 * its bytes differ from that form in more places than a damaged byte would.
 */
function isRewritten(value: JsonObject, line: Uint8Array): boolean {
  const { seq, crc, ...rest } = value;
  if (typeof crc !== "string" || !/^[0-9a-f]{8}$/.test(crc)) return false;
  if (seq !== undefined && !(Number.isSafeInteger(seq) && (seq as number) > 0)) return false;
  const ending = seq === undefined ? "" : `,"seq":${seq}`;
  return [rest, inWrittenOrder(rest)].some((fields) => {
    const json = jsonOf(fields);
    if (json === null) return false;
    const open = `${json.slice(0, -1)}${ending}`;
    if (crc32(open) !== parseInt(crc, 16)) return false;
    return differsInSeveralBytes(encoder.encode(`${open},"crc":"${crc}"}`), line);
  });
}

// Some runtimes read what is nested deeper than they can write.
function jsonOf(fields: JsonObject): string | null {
  try {
    return JSON.stringify(fields);
  } catch {
    return null;
  }
}

function differsInSeveralBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return true;
  let differences = 0;
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== other[index] && ++differences > 1) return true;
  }
  return false;
}

/** The object of an accepted line; null where an intact line is none after all, or holds too much. */
export function valueOf(line: Uint8Array, verdict: LineVerdict): JsonObject | null {
  if (verdict.value !== null) return verdict.value;
  if (exceedsJsonLimits(line)) return null;
  const hasMark = verdict.trace !== null && line[0] === 0xef;
  try {
    const value: unknown = JSON.parse(utf8.decode(hasMark ? line.subarray(3) : line));
    return isRecordObject(value) ? value : null;
  } catch {
    return null;
  }
}
