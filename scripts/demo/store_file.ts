/**
 * The store's file, read with nothing of Papyra: whoever checks must not rest on what is checked.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import type { Writer } from "./writer.ts";

/** A line of the file that holds a record. */
export interface StoredLine {
  readonly seq: number;
  /** Who fed it, and as which record. */
  readonly origin: string;
  /** Where it begins. */
  readonly offset: number;
}

/** The records of the file; lines that are not JSON, and checkpoints, are passed over. */
export function readStore(path: string): StoredLine[] {
  const lines: StoredLine[] = [];
  let offset = 0;
  for (const text of readFileSync(path, "latin1").split("\n")) {
    const record = parseOrNull(text);
    if (record?.kind === "event") {
      const { writer, number } = record.payload;
      lines.push({ seq: record.seq, origin: `${writer} ${number}`, offset });
    }
    offset += text.length + 1;
  }
  return lines;
}

/**
 * What is wrong with the acknowledged records: each has to stand in the store exactly once, and those
 * that are `gone` not at all.
 */
export function missingFrom(
  lines: readonly StoredLine[],
  writers: readonly Writer[],
  gone: ReadonlySet<number>,
): string[] {
  const linesBySeq = Map.groupBy(lines, (line) => line.seq);
  return writers.flatMap(({ name, acknowledged }) =>
    acknowledged.flatMap((seq, index) => {
      const expected = gone.has(seq) ? "" : `${name} ${index + 1}`;
      const found = (linesBySeq.get(seq) ?? []).map((line) => line.origin).join(" and ");
      return found === expected ? [] : [`seq ${seq} is "${found}", not "${expected}"`];
    })
  );
}

interface DemoRecord {
  readonly kind: string;
  readonly seq: number;
  readonly payload: { readonly writer: string; readonly number: number };
}

function parseOrNull(text: string): DemoRecord | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
