/**
 * Why an entry is no record, in words.
 *
 * @module
 */

import { shortened } from "../../../model/shortened.ts";
import { DAMAGE_REASONS } from "../../../storage/lines/damage_reasons.ts";
import type { EntryVerdict, StreamEntry } from "./stream_entry.ts";

/** What is wrong with an entry whose verdict has a code. */
export function reasonOf(
  { line, kind }: StreamEntry,
  { code, line: verdict }: EntryVerdict,
): string {
  switch (code) {
    case "MISSING_DATA":
      return line === null ? 'the entry has no field "data"' : 'the field "data" is empty';
    case "UNKNOWN_KIND":
      return `a record of the unknown kind "${shortened(verdict?.kind ?? "")}"`;
    case "NOT_A_RECORD":
      if (verdict?.kind) return `a record of kind ${verdict.kind} in the stream of kind ${kind}`;
      return DAMAGE_REASONS.NOT_A_RECORD!;
    default:
      return DAMAGE_REASONS[code!] ?? "it cannot be read";
  }
}
