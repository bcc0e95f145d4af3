/**
 * What must hold of a recovery, whatever happened to the store.
 *
 * @module
 */

import type { StoredRecord } from "../../lib/model/record.ts";
import type { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { type DamageCase, diskOf } from "./damage_case.ts";
import { ensure, ensureSame } from "./expect.ts";
import {
  allLines,
  describe,
  errorsIn,
  isTellable,
  largestKnown,
  linesFound,
  linesIn,
  told,
  withoutRepeats,
} from "./found_lines.ts";
import { isIntact, kindOf, latin1, withoutMarks } from "./oracle.ts";
import { assertRemovedIsKept, QUARANTINE_PATH } from "./removed_bytes.ts";
import { filesInOrder, filesOn, type StoreFiles } from "./store_files.ts";
import { NOW } from "./store_parts.ts";
import type { Subject } from "./subject.ts";

/** A way to recover. */
export interface RecoveryWay {
  readonly mode: "repair" | "quarantine";
  /** Bytes free, as the file system says. */
  readonly freeBytes?: number;
}

/** A recovery keeps what is intact, removes what is damaged, and accounts for it. */
export async function recoveryMends(
  damageCase: DamageCase,
  subject: Subject,
  { mode, freeBytes }: RecoveryWay,
): Promise<void> {
  const config = mode === "repair" ? { mode } : { mode, quarantineDir: QUARANTINE_PATH };
  const disk = diskOf(damageCase, freeBytes);
  const readBefore = await subject.read(disk);
  const plan = await subject.plan(disk, config);
  const report = await subject.recover(disk, config);
  ensureSame(plan.changes, report.changed, "the plan says that it changes the store");
  const after = await filesOn(disk);
  ensure(report.after.healthy, `not healthy afterwards: ${JSON.stringify(report.after.anomalies)}`);
  assertNoDamageLeft(after, damageCase);
  assertIntactKept(after, damageCase);
  await assertRemovedIsKept(damageCase.found, after, report, disk, subject);
  const readAfter = await subject.read(disk);
  const [wanted, read] = [readBefore, readAfter].map((records) => withoutRepeats(told(records)));
  ensureSame(read, wanted, "records read afterwards");
  await assertNothingLeftToDo(disk, subject, config);
  await assertGoesOn(disk, damageCase, subject, readAfter);
}

function assertNoDamageLeft(after: StoreFiles, { written }: DamageCase): void {
  const left = linesIn(after, written).filter(({ state }) => state === null);
  ensureSame(left.map(describe), [], "damaged lines are left");
}

// In order, byte for byte; only a numbered line may go that stood before already, but for its marks.
function assertIntactKept(after: StoreFiles, damageCase: DamageCase): void {
  const accepted = linesFound(damageCase)
    .filter(({ bytes, state }) => state !== null && kindOf(bytes) !== "checkpoint");
  const bare = accepted.map(({ bytes }) => latin1(withoutMarks(bytes, true)));
  const expected = accepted.map(({ bytes }) => latin1(bytes))
    .filter((_, index) => !isNumbered(bare[index]!) || bare.indexOf(bare[index]!) === index);
  const kept = allLines(after).map(latin1);
  const found = filesInOrder(damageCase.found).map(({ bytes }) => latin1(bytes)).join("\n");
  let from = 0;
  for (const line of expected) {
    // What is glued to something further ahead stands first, and is kept there.
    const isGluedBefore = found.indexOf(line) < (`\n${found}\n`).indexOf(`\n${line}\n`);
    const at = kept.indexOf(line, isGluedBefore ? 0 : from);
    ensure(at !== -1, `removed, or moved, an intact line: ${line}`);
    if (!isGluedBefore) from = at + 1;
  }
  for (const line of gluedLines(damageCase)) {
    ensure(kept.includes(line), `removed an intact line that was glued to something: ${line}`);
  }
}

function isNumbered(line: string): boolean {
  return line.includes('"crc"');
}

// Lines of ours that begin where a damaged line does, or end where it does, or begin behind such a one.
function gluedLines(damageCase: DamageCase): string[] {
  const lines = allLines(damageCase.written).filter((line) =>
    isIntact(line) && kindOf(line) !== "checkpoint"
  ).map(latin1);
  const damaged = linesFound(damageCase).filter(({ state }) => state === null);
  return damaged.map(({ bytes }) => latin1(bytes)).flatMap((glued) => {
    const first = lines.find((line) => glued.startsWith(line));
    const second = lines.find((line) => first !== undefined && glued.startsWith(first + line));
    const last = lines.find((line) => glued.endsWith(line));
    return [first, second, last].filter((line) => line !== undefined);
  });
}

async function assertNothingLeftToDo(
  disk: MemoryFileSystem,
  subject: Subject,
  config: Parameters<Subject["recover"]>[1],
): Promise<void> {
  const before = textOf(await filesOn(disk));
  const again = await subject.recover(disk, config);
  ensure(!again.changed && again.removedRanges === 0, "a second recovery finds something to do");
  ensureSame(textOf(await filesOn(disk)), before, "the files after a second recovery");
  ensureSame(errorsIn(await subject.scan(disk)), [], "errors");
}

function textOf(files: StoreFiles): string[] {
  return filesInOrder(files).map(({ path, bytes }) => `${path}\n${latin1(bytes)}`);
}

async function assertGoesOn(
  disk: MemoryFileSystem,
  { durableSeq }: DamageCase,
  subject: Subject,
  before: readonly StoredRecord[],
): Promise<void> {
  const files = await filesOn(disk);
  const left = { written: files, found: files, durableSeq };
  const known = largestKnown(left);
  const seq = await subject.write(disk, [{ kind: "event", eventType: "next", timestamp: NOW }]);
  const isNew = seq > known || !isTellable(left);
  ensure(isNew, `the next record has number ${seq}, and ${known} was there`);
  const read = await subject.read(disk);
  ensureSame(told(read.slice(0, -1)), told(before), "records read after the next one");
  ensureSame(read.at(-1)?.seq, seq, "the last record");
  ensureSame(errorsIn(await subject.scan(disk)), [], "errors");
}
