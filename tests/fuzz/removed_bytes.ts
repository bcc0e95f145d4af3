/**
 * Whether every byte that a recovery removed is still somewhere.
 *
 * @module
 */

import { basename } from "node:path";
import type { RecoveryReport } from "../../lib/model/report.ts";
import type { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { ensure, ensureSame } from "./expect.ts";
import { kindOf, latin1, splitLines } from "./oracle.ts";
import { bytesAt, filesInOrder, type StoreFile, type StoreFiles } from "./store_files.ts";
import type { Subject } from "./subject.ts";

/** Where originals are put. */
export const QUARANTINE_PATH = "/quarantine";

/** One part of what was removed, as the receipt or the file under `removed/` has it. */
export interface RemovedPart {
  /** Where it stood. */
  readonly offset: number;
  /** How long it was. */
  readonly length: number;
  readonly text?: string;
  readonly base64?: string;
  readonly fill?: number;
}

/** Throws where bytes of `before` are neither in `after` nor where the recovery says. */
export async function assertRemovedIsKept(
  before: StoreFiles,
  after: StoreFiles,
  report: RecoveryReport,
  disk: MemoryFileSystem,
  subject: Subject,
): Promise<void> {
  for (const { path, bytes } of filesInOrder(before)) {
    const left = bytesAt(after, path);
    if (latin1(left) === latin1(bytes)) continue;
    ensure(report.changed, `${path} was changed without saying so`);
    const removed = report.removed.filter(({ file }) => file === path);
    assertRestIsThere(bytes, left, removed);
    if (report.mode === "quarantine") assertOriginalIsThere({ path, bytes }, report, disk);
    else await assertReceiptHoldsRemoved({ path, bytes }, { ...report, removed }, disk, subject);
  }
}

// What is not removed stands in the new file, all of it and in order. Newlines may come between glued
// lines, and checkpoints speak for one file only.
function assertRestIsThere(
  before: Uint8Array,
  after: Uint8Array,
  removed: RecoveryReport["removed"],
): void {
  const isRemoved = (at: number) =>
    removed.some(({ offset, length }) => at >= offset && at < offset + length);
  // A byte that no file holds in a place of its own keeps the rest apart.
  const rest = before.map((byte, at) => isRemoved(at) ? 0x0a : byte);
  ensureSame(textOfRecords(after), textOfRecords(rest), "what was not removed");
}

const GLUED_CHECKPOINT = /\{"kind": ?"checkpoint",[^{}]*\}/g;

function textOfRecords(file: Uint8Array): string {
  return splitLines(file).filter((line) => kindOf(line) !== "checkpoint")
    .map((line) => latin1(line).replaceAll(GLUED_CHECKPOINT, "")).join("");
}

function assertOriginalIsThere(
  { path, bytes }: StoreFile,
  report: RecoveryReport,
  disk: MemoryFileSystem,
): void {
  const place = `${QUARANTINE_PATH}/${basename(path)}.${report.receipt}`;
  const original = report.kept.find((kept) => isOfRun(kept, place));
  ensure(original !== undefined, `the original of ${path} is in none of ${report.kept}`);
  ensureSame(latin1(disk.get(original)), latin1(bytes), "the original in quarantine");
}

// The receipts of a run are the run's own, and others with a number behind it.
function isOfRun(id: string, run: string): boolean {
  return id === run || (id.startsWith(`${run}.`) && /^\d+$/.test(id.slice(run.length + 1)));
}

async function assertReceiptHoldsRemoved(
  { path: file, bytes }: StoreFile,
  report: RecoveryReport,
  disk: MemoryFileSystem,
  subject: Subject,
): Promise<void> {
  const receipt = (await subject.history(disk)).find(({ id, details }) =>
    isOfRun(id, report.receipt!) && details.file === file
  );
  ensureSame(receipt?.outcome, "done", "the receipt's outcome");
  const { removed, kept_in: path } = receipt!.details as {
    removed?: readonly RemovedPart[];
    kept_in?: string;
  };
  const parts = path === undefined ? removed ?? [] : partsIn(disk.get(path));
  for (const { offset, length, code } of report.removed) {
    const kept = parts.filter((part) => part.offset >= offset && part.offset < offset + length)
      .flatMap((part) => [...bytesOf(part)]);
    const gone = [...bytes.subarray(offset, offset + length)];
    ensureSame(kept, gone, `the bytes removed as ${code} at ${offset}`);
  }
}

/** The parts in a file under `removed/`. */
export function partsIn(file: Uint8Array): RemovedPart[] {
  return splitLines(file).map((line) => JSON.parse(new TextDecoder().decode(line)) as RemovedPart);
}

/** The bytes of a part. */
export function bytesOf({ text, base64, length }: RemovedPart): Uint8Array {
  if (text !== undefined) return new TextEncoder().encode(text);
  if (base64 === undefined) return new Uint8Array(length);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
