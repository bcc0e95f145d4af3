/**
 * What is left of a store, in terms that the properties share.
 *
 * @module
 */

import type { Anomaly } from "../../lib/model/anomaly.ts";
import type { StoredRecord } from "../../lib/model/record.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import type { DamageCase } from "./damage_case.ts";
import { filesInOrder, type StoreFiles } from "./store_files.ts";
import { fieldsOf, kindOf, latin1, type PhysicalLine, physicalLines } from "./oracle.ts";
import { seqOf, splitLines, withoutMarks } from "./oracle.ts";

const SEALED = /\.\d{16}$/;

/** A line of a store. */
export interface FoundLine extends PhysicalLine {
  /** The file that it stands in. */
  readonly path: string;
}

/** The lines of the files as they were found, in order. */
export function linesFound({ written, found }: DamageCase): FoundLine[] {
  return linesIn(found, written);
}

/** The lines of a store's files in order, when what was written is known. */
export function linesIn(files: StoreFiles, written: StoreFiles): FoundLine[] {
  const known = filesInOrder(written).flatMap(({ bytes }) => splitLines(bytes));
  return filesInOrder(files).flatMap(({ path, bytes }) =>
    physicalLines(bytes, known).map((line) => ({ ...line, path }))
  );
}

/** The bytes of all lines of a store. */
export function allLines(files: StoreFiles): Uint8Array[] {
  return filesInOrder(files).flatMap(({ bytes }) => splitLines(bytes));
}

/** Whether the largest number can be told without reading all files. */
export function isTellable({ found, durableSeq }: DamageCase): boolean {
  return durableSeq > 0 || isInOrder(found);
}

/** Whether no line that is accepted shows a number in a segment, whose name does, and all behind it. */
export function isNamedOnly({ written, found }: DamageCase): boolean {
  const inOrder = filesInOrder(found);
  const known = allLines(written);
  const shows = inOrder.findLastIndex(({ bytes }) =>
    physicalLines(bytes, known).some((line) => line.state !== null && givenBy(line.bytes) > 0)
  );
  return inOrder.slice(shows + 1).some(({ path }) => SEALED.test(path));
}

// Whether no file holds a number that is smaller than one in a file before it.
function isInOrder(files: StoreFiles): boolean {
  let last = 0;
  return filesInOrder(files).every(({ bytes }) => {
    const seqs = splitLines(bytes).map(givenBy).filter((seq) => seq > 0);
    const isBehind = seqs.every((seq) => seq > last);
    last = Math.max(last, ...seqs);
    return isBehind;
  });
}

/** What makes the store unhealthy. */
export function errorsIn({ anomalies }: ScanReport): Anomaly[] {
  return anomalies.filter(({ severity }) => severity === "error");
}

/** The largest number that anything still tells. */
export function largestKnown(damageCase: DamageCase): number {
  const shown = linesFound(damageCase).filter(({ state }) => state !== null)
    .map(({ bytes }) => givenBy(bytes));
  return Math.max(0, damageCase.durableSeq, ...shown);
}

// The largest number that a line shows to have been given; 0 where it shows none.
function givenBy(line: Uint8Array): number {
  const isCheckpoint = kindOf(line) === "checkpoint";
  return isCheckpoint ? Number(fieldsOf(withoutMarks(line, true))!.to) : seqOf(line) ?? 0;
}

/** Records as texts that can be compared. */
export function told(records: readonly StoredRecord[]): string[] {
  return records.map((record) => JSON.stringify(record));
}

/** Without numbered records that stood before already. */
export function withoutRepeats(records: readonly string[]): string[] {
  return records.filter((record, index) => !hasSeq(record) || records.indexOf(record) === index);
}

function hasSeq(record: string): boolean {
  return !record.endsWith('"seq":null}');
}

/** A line in words. */
export function describe({ path, start, state, bytes }: FoundLine): string {
  const what = `the ${state ?? "damaged"} line at ${start} of ${path}`;
  return `${what}, ${JSON.stringify(latin1(bytes))},`;
}
