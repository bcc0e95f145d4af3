/**
 * What a store's file holds, found out without the code that is to be tested.
 *
 * @module
 */

import { type Fields, fieldsOf, isIntact } from "../fuzz/oracle.ts";
import type { PlacedRecord } from "./_reading_check.ts";

/** A file as its bytes show it. */
export interface FileTruth {
  /** The intact records, in the order in which they stand. */
  readonly records: readonly PlacedRecord[];
  /** The physical lines that are nothing else than damaged. */
  readonly damaged: readonly { readonly from: number; readonly to: number }[];
  /** The largest number that any record or checkpoint shows. */
  readonly highestSeq: number;
}

/** Reads a file in which every line is one of ours or damaged. */
export async function readTruth(path: string): Promise<FileTruth> {
  const file = await Deno.readFile(path);
  const records: PlacedRecord[] = [];
  const damaged: { from: number; to: number }[] = [];
  let highestSeq = 0;
  for (let from = 0; from < file.length;) {
    const newline = file.indexOf(0x0a, from);
    const end = newline === -1 ? file.length : newline;
    const line = file.subarray(from, end);
    const fields = isIntact(line) ? fieldsOf(line) : null;
    if (fields === null) damaged.push({ from, to: end });
    else if (fields.kind === "checkpoint") highestSeq = Math.max(highestSeq, Number(fields.to));
    else records.push(placedRecordOf(fields));
    from = end + 1;
  }
  return { records, damaged, highestSeq: Math.max(highestSeq, records.at(-1)?.seq ?? 0) };
}

function placedRecordOf({ kind, seq, system_id, payload, total_actors }: Fields): PlacedRecord {
  return {
    kind: kind as PlacedRecord["kind"],
    seq: Number(seq),
    writer: Number(system_id),
    index: Number((payload as Fields | undefined)?.index ?? total_actors),
  };
}
