/**
 * What a line is to whoever reads records.
 *
 * @module
 */

import { isRecordKind, type RecordKind, type StoredRecord } from "../../../model/record.ts";
import { decodeRecord } from "../../../model/wire.ts";
import { valueOf } from "../../../storage/lines/line_classifier.ts";
import type { StoreLine } from "./store_lines.ts";

/** Whether a read passes over the line, and says so. */
export function isDamaged({ verdict }: StoreLine): boolean {
  return verdict.state === "damaged";
}

/** Whether the line is a record. */
export function isRecord({ verdict: { state, kind } }: StoreLine): boolean {
  return state !== "damaged" && isRecordKind(kind);
}

/** Whether the line is a record of the kinds asked for. */
export function isAskedFor(
  line: StoreLine,
  { kinds }: { readonly kinds: ReadonlySet<RecordKind> },
): boolean {
  return isRecord(line) && kinds.has(line.verdict.kind as RecordKind);
}

/** The record that the line is; null where it turns out to be none. */
export function decodeLine(
  { bytes, verdict }: StoreLine,
  onSkipped: () => void,
): StoredRecord | null {
  const value = valueOf(bytes, verdict);
  const record = value && decodeRecord(value, verdict.seq);
  if (record === null) onSkipped();
  return record;
}
