/**
 * A line of input data as a record to be written.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { PapyraError } from "../errors.ts";
import { parseExactJson } from "../model/exact_json.ts";
import { exceedsJsonLimits, JSON_DEPTH_MAX, JSON_VALUES_MAX } from "../model/json_limits.ts";
import type { JsonObject, RecordInput } from "../model/record.ts";
import { formatSize } from "../model/units.ts";
import { encodeRecord, inputFromWire } from "../model/wire.ts";
import type { InputLine } from "./input_lines.ts";

/** The longest line of input, in bytes. */
export const INPUT_LINE_BYTES_MAX = 16 * 2 ** 20;

// What a stored line has beside the record itself: sequence number, checksum, newline.
const STORED_EXTRA_BYTES = 64;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = "\ufeff";

/** The record of a line; null where the line is blank. Throws INVALID_INPUT with the line. */
export function readInputLine(line: InputLine): RecordInput | null {
  try {
    return readRecord(line);
  } catch (error) {
    if (!(error instanceof PapyraError)) throw error;
    const message = error.message.replace(/^Cannot record:/, `Cannot record line ${line.number}:`);
    throw new PapyraError("INVALID_INPUT", message, { cause: error, line: line.number });
  }
}

function readRecord(line: InputLine): RecordInput | null {
  const text = decode(line);
  if (text.trim() === "") return null;
  const value = parseExactJson(text, `line ${line.number}`);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PapyraError("INVALID_RECORD", "Cannot record: not a JSON object");
  }
  const record = inputFromWire(value as JsonObject);
  // Whatever the store would refuse must be known now: a batch is refused as a whole.
  const encoded = encodeRecord(record, () => 0);
  if (isTooLong(encoded)) throw tooLong(line.number);
  return record;
}

function decode({ number, bytes }: InputLine): string {
  if (bytes === null) throw tooLong(number);
  if (exceedsJsonLimits(bytes)) throw tooMuch(number);
  try {
    const text = UTF8.decode(bytes);
    return number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  } catch (cause) {
    throw new PapyraError("INVALID_INPUT", `Cannot read line ${number}: not UTF-8`, { cause });
  }
}

function isTooLong(text: string): boolean {
  const roomBytes = INPUT_LINE_BYTES_MAX - STORED_EXTRA_BYTES;
  return text.length * 3 > roomBytes && Buffer.byteLength(text) > roomBytes;
}

function tooMuch(number: number): PapyraError {
  return new PapyraError(
    "INVALID_INPUT",
    `Cannot read line ${number}: it holds more than ${JSON_VALUES_MAX} values or ${JSON_DEPTH_MAX} levels`,
  );
}

function tooLong(number: number): PapyraError {
  return new PapyraError(
    "INVALID_INPUT",
    `Cannot read line ${number}: longer than ${formatSize(INPUT_LINE_BYTES_MAX)}`,
  );
}
