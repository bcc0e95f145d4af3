/**
 * What a line says, without its numbering: the text that another store writes for the same record.
 *
 * @module
 */

import { rewriteJson } from "../../model/exact_json.ts";
import type { JsonObject } from "../../model/record.ts";
import { fitsLine } from "./line_batch_encoder.ts";
import { type LineVerdict, valueOf, withoutNonFinite } from "./line_classifier.ts";
import { timestampOf, TRAILER_BYTES } from "./line_codec.ts";
import { inWrittenOrder } from "./written_order.ts";

/** A record's text, and its time. */
export interface StoredJson {
  /** Its JSON without `seq` and `crc`, in the form in which lines are written; numbers are as they were. */
  readonly json: string;
  /** Its timestamp; null where it has none. */
  readonly timestamp: number | null;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BYTE_ORDER_MARK = "\ufeff";

/** The text of an accepted line; null where it turns out to be none, or too large to be written. */
export function storedJson(line: Uint8Array, verdict: LineVerdict): StoredJson | null {
  const stored = verdict.state === "intact" ? intactJson(line, verdict) : otherJson(line, verdict);
  return stored !== null && fitsLine(stored.json) ? stored : null;
}

function intactJson(line: Uint8Array, { kind, seq }: LineVerdict): StoredJson | null {
  const text = decode(line);
  if (text === null) return null;
  // Digits, quotes and names: there a character is a byte.
  const end = seq === null ? text.length - TRAILER_BYTES : text.lastIndexOf(',"seq":');
  return { json: `${text.slice(0, end)}}`, timestamp: timestampOf(line, kind!) };
}

function otherJson(line: Uint8Array, verdict: LineVerdict): StoredJson | null {
  const value = valueOf(line, verdict);
  const text = value && decode(line);
  if (text === null || value === null) return null;
  const bare = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const finite = verdict.hasNonFinite ? withoutNonFinite(bare) ?? bare : bare;
  const { timestamp } = value;
  return {
    json: rewriteJson(finite, withoutNumbering),
    timestamp: typeof timestamp === "number" ? timestamp : null,
  };
}

function withoutNumbering({ seq: _, crc: __, ...members }: JsonObject): JsonObject {
  return inWrittenOrder(members);
}

function decode(line: Uint8Array): string | null {
  try {
    return utf8.decode(line);
  } catch {
    return null;
  }
}
