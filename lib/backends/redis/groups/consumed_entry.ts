/**
 * Entries as consumers get them.
 *
 * @module
 */

import type { ConsumedEntry, EntryField } from "../../../model/consumer_group.ts";
import type { RecordKind } from "../../../model/record.ts";
import { reasonOf } from "../streams/entry_fault.ts";
import { decodeEntry, type StreamEntry, verdictOn } from "../streams/stream_entry.ts";

const text = new TextDecoder();

/** An entry for a consumer: with its record, or with why there is none. */
export function consumedEntry(entry: StreamEntry, deliveries: number): ConsumedEntry {
  const verdict = verdictOn(entry);
  const record = decodeEntry(entry, verdict);
  const about = { kind: entry.kind, id: entry.id, deliveries, fields: fieldsOf(entry) };
  if (record !== null) return { ...about, record, fault: null };
  const code = verdict.code ?? "NOT_A_RECORD";
  return { ...about, record, fault: { code, reason: reasonOf(entry, { ...verdict, code }) } };
}

/** What a consumer was given, and is gone. */
export function goneEntry(kind: RecordKind, id: string, deliveries: number): ConsumedEntry {
  const reason = "the entry is gone from the stream: trimmed or deleted while it was pending";
  return {
    kind,
    id,
    deliveries,
    record: null,
    fault: { code: "DANGLING_PENDING", reason },
    fields: [],
  };
}

function fieldsOf({ fields }: StreamEntry): EntryField[] {
  return fields.flatMap((name, at) =>
    at % 2 === 0 ? [{ name: text.decode(name), value: fields[at + 1]! }] : []
  );
}
