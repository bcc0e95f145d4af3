/**
 * What must hold of a store to whose file anything may have happened.
 *
 * @module
 */

import type { Anomaly, AnomalyCode } from "../../lib/model/anomaly.ts";
import type { StoredRecord } from "../../lib/model/record.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import type { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { ensure, ensureSame } from "./expect.ts";
import { type DamageCase, diskOf } from "./damage_case.ts";
import { isIntact, kindOf, latin1, type PhysicalLine, physicalLines } from "./oracle.ts";
import { fieldsOf, seqOf, splitLines, withoutMarks } from "./oracle.ts";
import { assertRemovedIsKept, QUARANTINE_PATH } from "./removed_bytes.ts";
import { NOW, STORE_PATH } from "./store_parts.ts";
import type { Subject } from "./subject.ts";

/** Something that must hold; throws where it does not. */
export type DamageProperty = (damageCase: DamageCase, subject: Subject) => Promise<void>;

const DAMAGE_CODES: ReadonlySet<AnomalyCode> = new Set<AnomalyCode>([
  "TRUNCATED_LINE",
  "PARTIAL_WRITE",
  "CORRUPTED_LINE",
  "CHECKSUM_MISMATCH",
  "INVALID_UTF8",
  "NUL_PADDING",
  "NOT_A_RECORD",
]);

/** The properties, by name. */
export const DAMAGE_PROPERTIES: { readonly [name: string]: DamageProperty } = {
  "a scan reports every damaged line and no other": scanTellsDamage,
  "a repair keeps what is intact, removes what is damaged, and accounts for it": (one, subject) =>
    recoveryMends(one, subject, "repair"),
  "a quarantine does the same": (one, subject) => recoveryMends(one, subject, "quarantine"),
  "a writer goes on behind any damage, with a new number": writerGoesOn,
  "a compaction hides no damage": compactionHidesNothing,
};

/** What must hold where only one thing went wrong, of the kind that happens by itself. */
export const FAULT_PROPERTIES: { readonly [name: string]: DamageProperty } = {
  "a single fault makes no record that was never written": faultMakesNoRecord,
};

async function faultMakesNoRecord(damageCase: DamageCase, subject: Subject): Promise<void> {
  const disk = diskOf(damageCase);
  await subject.recover(disk, {});
  const written = splitLines(damageCase.written);
  for (const line of physicalLines(disk.get(STORE_PATH), written)) {
    const isOurs = line.state === "rewritten" || kindOf(line.bytes) === "checkpoint";
    const isNear = written.some((other) => isSame(line, other));
    // A torn payload that ends with a whole line of ours looks like a torn record with one behind it.
    const isTornBehind = latin1(damageCase.found).endsWith(latin1(line.bytes));
    ensure(isOurs || isNear || isTornBehind, `${describe(line)} was never written`);
  }
}

// A line without a checksum cannot show that a bit of it was flipped, or white space cut off.
function isSame({ state, bytes }: PhysicalLine, written: Uint8Array): boolean {
  const [text, wanted] = [bytes, written].map((line) => latin1(withoutMarks(line, true))) as [
    string,
    string,
  ];
  if (text === wanted) return true;
  if (state !== "foreign" || Object.hasOwn(fieldsOf(withoutMarks(written, true)) ?? {}, "crc")) {
    return false;
  }
  const differences = [...text].filter((character, index) => character !== wanted[index]).length;
  return text.trim() === wanted.trim() || (text.length === wanted.length && differences <= 1);
}

async function scanTellsDamage(damageCase: DamageCase, subject: Subject): Promise<void> {
  const report = await subject.scan(diskOf(damageCase));
  const damages = report.anomalies.filter(({ code }) => DAMAGE_CODES.has(code));
  for (const line of linesFound(damageCase)) {
    const isTold = damages.some((anomaly) => overlaps(anomaly, line));
    ensureSame(isTold, line.state === null, `${describe(line)} is reported`);
  }
  ensureSame(report.healthy, errorsIn(report).length === 0, "healthy");
  await assertLossesAreTold(damageCase, report, subject);
}

function linesFound({ written, found }: DamageCase): PhysicalLine[] {
  return physicalLines(found, splitLines(written));
}

function overlaps({ offset, length }: Anomaly, { start, end }: PhysicalLine): boolean {
  return offset !== null && length !== null && offset < end && offset + length > start;
}

// Lost newlines, and white space where they were, are mended by writing each line anew; a byte-order
// mark is right again once its line is the first.
function damageIn({ anomalies }: ScanReport, file: Uint8Array): Anomaly[] {
  return anomalies.filter(({ code, offset, length }) => {
    const text = latin1(file.subarray(offset!, offset! + length!));
    return DAMAGE_CODES.has(code) && text.trim() !== "" && !text.startsWith("\xef\xbb\xbf");
  });
}

function errorsIn({ anomalies }: ScanReport): Anomaly[] {
  return anomalies.filter(({ severity }) => severity === "error");
}

// A number that is gone while a larger one is known must make the store unhealthy, unless another
// tool's hand shows, which may have removed it on purpose.
async function assertLossesAreTold(
  damageCase: DamageCase,
  report: ScanReport,
  subject: Subject,
): Promise<void> {
  const mended = diskOf(damageCase);
  await subject.recover(mended, {});
  const kept = new Set(splitLines(mended.get(STORE_PATH)).map(seqOf));
  const lost = splitLines(damageCase.written).map(seqOf)
    .filter((seq) => seq !== null && !kept.has(seq) && seq <= largestKnown(damageCase));
  const isByOtherTool = report.anomalyCounts.REWRITTEN_BY_OTHER_TOOL !== undefined;
  ensure(
    lost.length === 0 || !report.healthy || isByOtherTool,
    `records ${lost} are gone, and the scan says that all is well`,
  );
}

function largestKnown(damageCase: DamageCase): number {
  const shown = linesFound(damageCase).filter(({ state }) => state !== null).map(({ bytes }) => {
    const isCheckpoint = kindOf(bytes) === "checkpoint";
    return isCheckpoint ? Number(fieldsOf(withoutMarks(bytes, true))!.to) : seqOf(bytes) ?? 0;
  });
  return Math.max(0, damageCase.durableSeq, ...shown);
}

async function recoveryMends(
  damageCase: DamageCase,
  subject: Subject,
  mode: "repair" | "quarantine",
): Promise<void> {
  const config = mode === "repair" ? { mode } : { mode, quarantineDir: QUARANTINE_PATH };
  const disk = diskOf(damageCase);
  const readBefore = await subject.read(disk);
  const report = await subject.recover(disk, config);
  const after = disk.get(STORE_PATH);
  ensure(report.after.healthy, `not healthy afterwards: ${JSON.stringify(report.after.anomalies)}`);
  assertNoDamageLeft(after, damageCase);
  assertIntactKept(after, damageCase);
  await assertRemovedIsKept(damageCase.found, after, report, disk, subject);
  const readAfter = await subject.read(disk);
  const [wanted, read] = [readBefore, readAfter].map((records) => withoutRepeats(told(records)));
  ensureSame(read, wanted, "records read afterwards");
  await assertNothingLeftToDo(disk, subject, config);
  await assertGoesOn(disk, subject, readAfter);
}

function assertNoDamageLeft(after: Uint8Array, { written }: DamageCase): void {
  const left = physicalLines(after, splitLines(written)).filter(({ state }) => state === null);
  ensureSame(left.map(describe), [], "damaged lines are left");
}

// In order, byte for byte; only a numbered line that stood before already may go.
function assertIntactKept(after: Uint8Array, damageCase: DamageCase): void {
  const accepted = linesFound(damageCase)
    .filter(({ bytes, state }) => state !== null && kindOf(bytes) !== "checkpoint");
  const expected = withoutRepeats(accepted.map(({ bytes }) => latin1(bytes)), isNumbered);
  const kept = splitLines(after).map(latin1);
  const found = latin1(damageCase.found);
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
  const lines = splitLines(damageCase.written).filter((line) =>
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
  const before = latin1(disk.get(STORE_PATH));
  const again = await subject.recover(disk, config);
  ensure(!again.changed && again.removedRanges === 0, "a second recovery finds something to do");
  ensure(latin1(disk.get(STORE_PATH)) === before, "a second recovery changes the file");
  ensureSame(errorsIn(await subject.scan(disk)), [], "errors");
}

async function assertGoesOn(
  disk: MemoryFileSystem,
  subject: Subject,
  before: readonly StoredRecord[],
): Promise<void> {
  const known = largestKnown({
    written: disk.get(STORE_PATH),
    found: disk.get(STORE_PATH),
    durableSeq: 0,
  });
  const seq = await subject.write(disk, [{ kind: "event", eventType: "next", timestamp: NOW }]);
  ensure(seq > known, `the next record has number ${seq}, and ${known} was there`);
  const read = await subject.read(disk);
  ensureSame(told(read.slice(0, -1)), told(before), "records read after the next one");
  ensureSame(read.at(-1)?.seq, seq, "the last record");
  ensureSame(errorsIn(await subject.scan(disk)), [], "errors");
}

async function writerGoesOn(damageCase: DamageCase, subject: Subject): Promise<void> {
  const disk = diskOf(damageCase);
  const before = await subject.read(disk);
  const seq = await subject.write(disk, [{ kind: "event", eventType: "next", timestamp: NOW }]);
  const known = largestKnown(damageCase);
  ensure(seq > known, `the next record has number ${seq}, and ${known} was there`);
  const file = disk.get(STORE_PATH);
  ensure(latin1(file).startsWith(latin1(damageCase.found)), "writing changes what is there");
  ensureSame(told((await subject.read(disk)).slice(0, -1)), told(before), "records read");
  await subject.recover(disk, {});
  const read = await subject.read(disk);
  ensureSame(read.at(-1)?.seq, seq, "recovery removes the record behind the damage");
  const [wanted, left] = [before, read.slice(0, -1)].map((records) =>
    withoutRepeats(told(records))
  );
  ensureSame(left, wanted, "records read after the recovery");
}

async function compactionHidesNothing(damageCase: DamageCase, subject: Subject): Promise<void> {
  const disk = diskOf(damageCase);
  const retention = { maxRecords: 3 };
  const before = await subject.scan(disk);
  const kept = await subject.read(disk, {
    kinds: ["event", "audit", "dead_letter"],
    query: {
      retention,
    },
  });
  const report = await subject.compact(disk, { retention });
  const after = await subject.scan(disk);
  ensureSame(told(await subject.read(disk)), told(kept), "records read after compaction");
  // Records that stand twice may expire.
  const losses = errorsIn(before).filter(({ code }) => code === "SEQUENCE_GAP");
  const damage = damageIn(before, damageCase.found);
  const isUnhealthy = losses.length + damage.length > 0;
  ensure(!isUnhealthy || !after.healthy, "compaction hides damage");
  ensure(
    !before.healthy || after.healthy,
    `compaction damages: ${JSON.stringify(after.anomalies)}`,
  );
  const left = damageIn(after, disk.get(STORE_PATH));
  ensureSame(left.length, damage.length, "damaged lines after compaction");
  const again = await subject.compact(disk, { retention });
  ensure(!report.changed || !again.changed, "a second compaction finds something to do");
}

function told(records: readonly StoredRecord[]): string[] {
  return records.map((record) => JSON.stringify(record));
}

function withoutRepeats(items: readonly string[], counts = hasSeq): string[] {
  return items.filter((item, index) => !counts(item) || items.indexOf(item) === index);
}

function hasSeq(record: string): boolean {
  return !record.endsWith('"seq":null}');
}

function describe({ start, state, bytes }: PhysicalLine): string {
  return `the ${state ?? "damaged"} line at ${start}, ${JSON.stringify(latin1(bytes))},`;
}
