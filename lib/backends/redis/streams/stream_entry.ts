/**
 * An entry of a stream, and what it is to whoever reads records.
 *
 * @module
 */

import type { AnomalyCode } from "../../../model/anomaly.ts";
import { isRecordKind, type RecordKind, type StoredRecord } from "../../../model/record.ts";
import { decodeRecord } from "../../../model/wire.ts";
import { classifyLine, type LineVerdict, valueOf } from "../../../storage/lines/line_classifier.ts";
import { timestampOf } from "../../../storage/lines/line_codec.ts";
import type { Reply } from "../servers/command.ts";

/** An entry as it was read. */
export interface StreamEntry {
  /** Its id. */
  readonly id: string;
  /** The kind of records that its stream is for. */
  readonly kind: RecordKind;
  /** Its fields: names and values in turn. */
  readonly fields: readonly Uint8Array[];
  /** Its record's line; null where it has none. */
  readonly line: Uint8Array | null;
  /** What the line takes in a file, newline included. */
  readonly bytes: number;
}

/** What is known of an entry. */
export interface EntryVerdict {
  /** What is wrong with it; null where it is a record. */
  readonly code: AnomalyCode | null;
  /** What is known of its line; null where it has none. */
  readonly line: LineVerdict | null;
  /** Its record's timestamp, where it has one. */
  readonly timestamp: number | null;
}

const LINE_FIELD = bytesOf("data");
const SIGNATURE_FIELD = bytesOf("w");
const text = new TextDecoder();

/** Reads an entry of the answer to `XRANGE`, taken as bytes. */
export function entryFrom(reply: Reply, kind: RecordKind): StreamEntry {
  const [id, fields] = reply as readonly [Uint8Array, readonly Uint8Array[]];
  const line = fieldOf(fields, LINE_FIELD);
  return { id: text.decode(id), kind, fields, line, bytes: line === null ? 0 : line.length + 1 };
}

/** Who wrote an entry, and as the how manieth; null where nobody signed it. */
export function signatureOf({ fields }: StreamEntry): { writer: string; count: number } | null {
  const field = fieldOf(fields, SIGNATURE_FIELD);
  const [, writer, count] = /^(\w+):(\d{1,16})$/.exec(field === null ? "" : text.decode(field)) ??
    [];
  return writer === undefined ? null : { writer, count: Number(count) };
}

/** Finds out what an entry is. */
export function verdictOn({ line, kind }: StreamEntry): EntryVerdict {
  if (line === null) return { code: "MISSING_DATA", line: null, timestamp: null };
  const verdict = classifyLine(line);
  const code = codeOf(verdict, kind);
  const timestamp = code === null ? timestampIn(line, verdict) : null;
  return { code, line: verdict, timestamp };
}

/** The record that an entry is; null where it is none, also one that turns out to be none. */
export function decodeEntry({ line }: StreamEntry, verdict: EntryVerdict): StoredRecord | null {
  if (verdict.code !== null) return null;
  const value = valueOf(line!, verdict.line!);
  return value && decodeRecord(value, null);
}

function codeOf({ state, code, kind }: LineVerdict, expected: RecordKind): AnomalyCode | null {
  if (state === "damaged") return code;
  if (state === "blank") return "MISSING_DATA";
  if (!isRecordKind(kind)) return "UNKNOWN_KIND";
  return kind === expected ? null : "NOT_A_RECORD";
}

function timestampIn(line: Uint8Array, verdict: LineVerdict): number | null {
  if (verdict.value === null) return timestampOf(line, verdict.kind!);
  const { timestamp } = verdict.value;
  return typeof timestamp === "number" ? timestamp : null;
}

function fieldOf(fields: readonly Uint8Array[], name: Uint8Array): Uint8Array | null {
  for (let index = 0; index < fields.length; index += 2) {
    if (isSame(fields[index]!, name)) return fields[index + 1]!;
  }
  return null;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function bytesOf(name: string): Uint8Array {
  return new TextEncoder().encode(name);
}
