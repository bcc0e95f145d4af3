/**
 * What a store's files hold, found out without the code that is to be tested.
 *
 * @module
 */

import { gunzipSync } from "node:zlib";
import { basename, dirname, join } from "node:path";
import { type Fields, fieldsOf, isIntact } from "../fuzz/oracle.ts";
import type { PlacedRecord } from "./_reading_check.ts";

/** A physical line that is nothing else than damaged. */
export interface DamagedLine {
  /** Its file. */
  readonly file: string;
  /** Where it begins. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
}

/** A store as the bytes of its files show it. */
export interface FileTruth {
  /** The intact records, in the order in which they stand. */
  readonly records: readonly PlacedRecord[];
  /** Everything else but checkpoints. */
  readonly damaged: readonly DamagedLine[];
  /** The largest number that any record or checkpoint shows. */
  readonly highestSeq: number;
}

/** Reads a store in which every line is one of ours or damaged: its segments, then `path`. */
export async function readTruth(path: string): Promise<FileTruth> {
  const records: PlacedRecord[] = [];
  const damaged: DamagedLine[] = [];
  let highestSeq = 0;
  for (const file of await filesOf(path)) {
    const bytes = contentOf(file, await Deno.readFile(file));
    for (const { from, to } of linesOf(bytes)) {
      const line = bytes.subarray(from, to);
      const fields = isIntact(line) ? fieldsOf(line) : null;
      if (fields === null) damaged.push({ file, from, to });
      else if (fields.kind === "checkpoint") highestSeq = Math.max(highestSeq, Number(fields.to));
      else records.push(placedRecordOf(fields));
    }
  }
  return { records, damaged, highestSeq: Math.max(highestSeq, records.at(-1)?.seq ?? 0) };
}

async function filesOf(path: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(dirname(path)), ({ name }) => name);
  const segments = names.filter((name) => /\.\d{16}(?:\.gz)?$/.test(name))
    // A run that was killed has left both.
    .filter((name) => !names.includes(name.replace(/\.gz$/, "")) || !name.endsWith(".gz"))
    .sort();
  const active = names.includes(basename(path)) ? [path] : [];
  return [...segments.map((name) => join(dirname(path), name)), ...active];
}

function contentOf(file: string, bytes: Uint8Array): Uint8Array {
  return file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

function* linesOf(bytes: Uint8Array): Generator<{ readonly from: number; readonly to: number }> {
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(0x0a, from);
    const to = newline === -1 ? bytes.length : newline;
    yield { from, to };
    from = to + 1;
  }
}

function placedRecordOf({ kind, seq, system_id, payload, total_actors }: Fields): PlacedRecord {
  return {
    kind: kind as PlacedRecord["kind"],
    seq: Number(seq),
    writer: Number(system_id),
    index: Number((payload as Fields | undefined)?.index ?? total_actors),
  };
}
