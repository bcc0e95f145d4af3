/**
 * Judges lines by docs/format.md alone, slowly and plainly, without the code that it is to check.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/** A line between two newlines. */
export interface PhysicalLine {
  /** Where it begins. */
  readonly start: number;
  /** Where it ends, without its newline. */
  readonly end: number;
  /** Its bytes, without the newline. */
  readonly bytes: Uint8Array;
  /** What becomes of it. */
  readonly state: LineState;
}

/** What a line can be; null is damaged. */
export type LineState = "intact" | "foreign" | "rewritten" | "blank" | null;

/** A JSON object. */
export type Fields = Record<string, unknown>;

const TRAILER = /,"crc":"([0-9a-f]{8})"\}$/;

/** Bytes as a string in which each character is a byte. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** The lines of a file. `written` are the lines that were written: others say the same as they do. */
export function physicalLines(file: Uint8Array, written: readonly Uint8Array[]): PhysicalLine[] {
  const values = new Set(written.map(meaningOf).filter((meaning) => meaning !== null));
  const lines: PhysicalLine[] = [];
  for (let start = 0; start < file.length;) {
    const newline = file.indexOf(0x0a, start);
    const end = newline === -1 ? file.length : newline;
    const bytes = file.subarray(start, end);
    lines.push({ start, end, bytes, state: stateOf(bytes, start === 0, values) });
    start = end + 1;
  }
  return lines;
}

/** The bytes of a file's lines. */
export function splitLines(file: Uint8Array): Uint8Array[] {
  return physicalLines(file, []).map(({ bytes }) => bytes);
}

function stateOf(line: Uint8Array, isFirst: boolean, written: ReadonlySet<string>): LineState {
  const bare = withoutMarks(line, isFirst);
  if (/^[ \t\r]*$/.test(latin1(bare))) return "blank";
  if (isIntact(bare)) return "intact";
  const fields = fieldsOf(bare);
  if (fields === null || typeof fields.kind !== "string") return null;
  const isNumbered = Object.hasOwn(fields, "seq") || Object.hasOwn(fields, "crc");
  // Only we write checkpoints, always with a checksum.
  if (!isNumbered) return fields.kind === "checkpoint" ? null : "foreign";
  const meaning = meaningOf(bare);
  return meaning !== null && written.has(meaning) && !isOneByteOff(bare) ? "rewritten" : null;
}

/** Whether a line ends as ours do and its checksum holds. */
export function isIntact(line: Uint8Array): boolean {
  const match = TRAILER.exec(latin1(line));
  return match !== null && crc32(line.subarray(0, match.index)) === parseInt(match[1]!, 16);
}

/** The object that a line is; null where it is none. */
export function fieldsOf(line: Uint8Array): Fields | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
    const value = parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Fields
      : null;
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const finite = text.replaceAll(
      /("(?:[^"\\]|\\.)*")|-?Infinity|NaN/g,
      (_, string) => string ?? "null",
    );
    return JSON.parse(finite);
  }
}

/** Without a byte-order mark at the file's beginning and a carriage return at the line's end. */
export function withoutMarks(line: Uint8Array, isFirst: boolean): Uint8Array {
  const hasMark = isFirst && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
  return line.subarray(hasMark ? 3 : 0, line.length - (line.at(-1) === 0x0d ? 1 : 0));
}

// What a numbered line says, whoever serialised it: members of its top and of addresses in any order.
function meaningOf(line: Uint8Array): string | null {
  const fields = fieldsOf(withoutMarks(line, true));
  if (fields === null || !Object.hasOwn(fields, "crc")) return null;
  const members = Object.entries(fields).map(([name, value]) =>
    name === "actor_address" || name === "target" ? [name, inOrder(value)] : [name, value]
  );
  return JSON.stringify(inOrder(Object.fromEntries(members)));
}

function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([one], [other]) => one < other ? -1 : one > other ? 1 : 0),
  );
}

// One byte away from what its own checksum holds for: damage that happens to mean the same.
function isOneByteOff(line: Uint8Array): boolean {
  const written = new TextEncoder().encode(JSON.stringify(fieldsOf(line)));
  if (written.length !== line.length || !isIntact(written)) return false;
  return line.filter((byte, index) => byte !== written[index]).length <= 1;
}

/** The number of a line; null where it has none. */
export function seqOf(line: Uint8Array): number | null {
  const seq = fieldsOf(withoutMarks(line, true))?.seq;
  return typeof seq === "number" ? seq : null;
}

/** The kind of a line; null where it has none. */
export function kindOf(line: Uint8Array): string | null {
  const kind = fieldsOf(withoutMarks(line, true))?.kind;
  return typeof kind === "string" ? kind : null;
}
