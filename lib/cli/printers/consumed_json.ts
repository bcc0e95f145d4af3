/**
 * Entries of a stream as JSON, for programs that read them line by line.
 *
 * @module
 */

import { Buffer, isUtf8 } from "node:buffer";
import type { ConsumedEntry, EntryField } from "../../model/consumer_group.ts";
import { recordToWire } from "../../model/wire.ts";

/** An entry: with its record, or with what is wrong and all that it holds. */
export function consumedToJson(
  { kind, id, deliveries, record, fault, fields }: ConsumedEntry,
): object {
  const about = { kind, id, deliveries };
  if (record !== null) return { ...about, record: recordToWire(record) };
  return { ...about, record, fault, fields: fields.map(fieldToJson) };
}

function fieldToJson({ name, value }: EntryField): object {
  const bytes = Buffer.from(value);
  return isUtf8(bytes)
    ? { name, value: bytes.toString("utf8") }
    : { name, base64: bytes.toString("base64") };
}
