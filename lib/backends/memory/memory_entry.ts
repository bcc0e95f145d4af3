/**
 * A record as the memory backend keeps it, and which of them retention keeps.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { CheckedQuery } from "../../backend/checked_query.ts";
import type { EncodedRecord } from "../../backend/persistence_base.ts";
import type { JsonObject, RecordKind, StoredRecord } from "../../model/record.ts";
import { planRetention } from "../../model/retention.ts";
import { decodeRecord } from "../../model/wire.ts";

/** One record: its text, so that no reader can change what another one reads. */
export interface MemoryEntry {
  /** Its kind. */
  readonly kind: RecordKind;
  /** Its timestamp, Unix seconds; null where it was copied and has none. */
  readonly timestamp: number | null;
  /** Its number, from 1. */
  readonly seq: number;
  /** Its JSON text, without `seq` and `crc`. */
  readonly json: string;
  /** What a file store would take for it, newline included. */
  readonly bytes: number;
}

// A file store's line is the text with these before its last brace, and a newline behind it.
const LINE_SUFFIX_BYTES = Buffer.byteLength(',"seq":,"crc":"xxxxxxxx"\n');

/** Takes down `record` under the number `seq`. */
export function toEntry({ kind, json }: EncodedRecord, seq: number): MemoryEntry {
  const { timestamp: time } = JSON.parse(json) as { timestamp?: unknown };
  const timestamp = typeof time === "number" ? time : null;
  const bytes = Buffer.byteLength(json) + String(seq).length + LINE_SUFFIX_BYTES;
  return { kind, timestamp, seq, json, bytes };
}

/** The record that `entry` stands for, made anew for each reader. */
export function toRecord(entry: MemoryEntry): StoredRecord {
  return decodeRecord(JSON.parse(entry.json) as JsonObject, entry.seq)!;
}

/** The first `count` of `entries`, newest first, that are of the kinds asked for and not expired. */
export function* keptNewestFirst(
  entries: readonly MemoryEntry[],
  count: number,
  query: Pick<CheckedQuery, "kinds" | "retention" | "nowSeconds">,
): Generator<MemoryEntry> {
  const plan = planRetention(query.retention, query.nowSeconds);
  const kinds = [...query.kinds];
  for (let index = count - 1; index >= 0; index--) {
    if (kinds.every((kind) => plan.isExhausted(kind))) return;
    const entry = entries[index]!;
    if (!query.kinds.has(entry.kind)) continue;
    if (plan.keeps(entry.kind, entry.timestamp, entry.bytes)) yield entry;
  }
}
