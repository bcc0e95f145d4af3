/**
 * Whether every byte that a recovery removed is still somewhere.
 *
 * @module
 */

import type { RecoveryReport } from "../../lib/model/report.ts";
import type { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { ensure, ensureSame } from "./expect.ts";
import { kindOf, latin1, splitLines } from "./oracle.ts";
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
  before: Uint8Array,
  after: Uint8Array,
  report: RecoveryReport,
  disk: MemoryFileSystem,
  subject: Subject,
): Promise<void> {
  if (!report.changed) {
    ensure(latin1(after) === latin1(before), "changed without saying so");
    return;
  }
  assertRestIsThere(before, after, report);
  if (report.mode === "quarantine") assertOriginalIsThere(before, report, disk);
  else await assertReceiptHoldsRemoved(before, report, disk, subject);
}

// What is not removed stands in the new file, all of it and in order. Newlines may come between glued
// lines, and checkpoints speak for one file only.
function assertRestIsThere(before: Uint8Array, after: Uint8Array, report: RecoveryReport): void {
  const isRemoved = (at: number) =>
    report.removed.some(({ offset, length }) => at >= offset && at < offset + length);
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
  before: Uint8Array,
  report: RecoveryReport,
  disk: MemoryFileSystem,
): void {
  const [original = ""] = report.kept;
  ensure(original.startsWith(`${QUARANTINE_PATH}/`), `the original is at ${original}`);
  ensureSame(latin1(disk.get(original)), latin1(before), "the original in quarantine");
}

async function assertReceiptHoldsRemoved(
  before: Uint8Array,
  report: RecoveryReport,
  disk: MemoryFileSystem,
  subject: Subject,
): Promise<void> {
  const receipt = (await subject.history(disk)).find(({ id }) => id === report.receipt);
  ensureSame(receipt?.outcome, "done", "the receipt's outcome");
  const { removed, kept_in: path } = receipt!.details as {
    removed?: readonly RemovedPart[];
    kept_in?: string;
  };
  const parts = path === undefined ? removed ?? [] : partsIn(disk.get(path));
  for (const { offset, length, code } of report.removed) {
    const kept = parts.filter((part) => part.offset >= offset && part.offset < offset + length)
      .flatMap((part) => [...bytesOf(part)]);
    const gone = [...before.subarray(offset, offset + length)];
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
