/**
 * What a query has to answer, worked out in the plainest way from all that was written.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { RecordQuery } from "../backend/backend.ts";
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
  const { since = -Infinity, until = Infinity, limit = Infinity, where = () => true } = query;
  const found = retained(written, query.retention ?? {}, nowSeconds)
    .filter((record) => kinds.includes(record.kind))
    .filter(({ timestamp }) => timestamp! >= since && timestamp! <= until)
    .filter(where);
  const newest = found.slice(Math.max(0, found.length - limit));
  return query.reverse ? newest.reverse() : newest;
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
