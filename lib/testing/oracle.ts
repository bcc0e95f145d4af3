/**
 * What a query has to answer, worked out in the plainest way from all that was written.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { RecordFilter, RecordQuery } from "../backend/backend.ts";
import { addressFromWire, isSameAddress } from "../model/address.ts";
import { RECORD_KINDS, type RecordKind, type StoredRecord } from "../model/record.ts";
import type { RetentionPolicy } from "../model/retention.ts";
import { recordToWire } from "../model/wire.ts";

const CRC_AND_NEWLINE_BYTES = ',"crc":"xxxxxxxx"\n'.length;

/** The bytes that a numbered record takes in a file, newline included. */
export function storedBytes(record: StoredRecord): number {
  return Buffer.byteLength(JSON.stringify(recordToWire(record))) + CRC_AND_NEWLINE_BYTES;
}

/** What retention keeps of `written`, in order. */
export function retained(
  written: readonly StoredRecord[],
  policy: RetentionPolicy,
  nowSeconds: number,
): StoredRecord[] {
  const kept = new Set(
    RECORD_KINDS.flatMap((kind) =>
      retainedOfKind(written.filter((record) => record.kind === kind), kind, policy, nowSeconds)
    ),
  );
  return written.filter((record) => kept.has(record));
}

/** What a query has to answer where `written` is in the store. */
export function answerTo(
  written: readonly StoredRecord[],
  kinds: readonly RecordKind[],
  query: RecordQuery,
  nowSeconds: number,
): StoredRecord[] {
  const { limit = Infinity, where = () => true } = query;
  const found = retained(written, query.retention ?? {}, nowSeconds)
    .filter((record) => kinds.includes(record.kind))
    .filter((record) => passes(record, query))
    .filter(where);
  const newest = found.slice(Math.max(0, found.length - limit));
  return query.reverse ? newest.reverse() : newest;
}

function passes(record: StoredRecord, filter: RecordFilter): boolean {
  const { since = -Infinity, until = Infinity, afterSeq, type, actor, target } = filter;
  const { timestamp, seq } = record;
  const stored = recordToWire(record);
  const addressIs = (field: string, wanted: RecordFilter["actor"]) =>
    [wanted!].flat().some((address) => {
      const found = addressFromWire(stored[field]);
      return found !== null && isSameAddress(found, address);
    });
  return timestamp! >= since && timestamp! <= until &&
    (afterSeq === undefined || (seq !== null && seq > afterSeq)) &&
    (type === undefined ||
      [type].flat().some((name) => name === (stored.event_type ?? stored.message_type))) &&
    (actor === undefined || addressIs("actor_address", actor)) &&
    (target === undefined || addressIs("target", target));
}

function retainedOfKind(
  records: readonly StoredRecord[],
  kind: RecordKind,
  policy: RetentionPolicy,
  nowSeconds: number,
): StoredRecord[] {
  const { maxAgeSeconds, maxRecords, maxTotalBytes } = { ...policy, ...policy.byKind?.[kind] };
  let kept = [...records];
  if (maxAgeSeconds !== undefined) {
    kept = kept.filter(({ timestamp }) => timestamp! >= nowSeconds - maxAgeSeconds);
  }
  while (maxRecords !== undefined && kept.length > maxRecords) kept.shift();
  while (maxTotalBytes !== undefined && bytesOf(kept) > maxTotalBytes) kept.shift();
  return kept;
}

function bytesOf(records: readonly StoredRecord[]): number {
  return records.reduce((sum, record) => sum + storedBytes(record), 0);
}
