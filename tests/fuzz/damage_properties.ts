/**
 * What must hold of a store to whose file anything may have happened.
 *
 * @module
 */

import type { Anomaly, AnomalyCode } from "../../lib/model/anomaly.ts";
import type { StoredRecord } from "../../lib/model/record.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import type { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { assert, assertEquals } from "../_assert.ts";
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

async function scanTellsDamage(damageCase: DamageCase, subject: Subject): Promise<void> {
  const report = await subject.scan(diskOf(damageCase));
  const damages = report.anomalies.filter(({ code }) => DAMAGE_CODES.has(code));
  for (const line of linesFound(damageCase)) {
    const isTold = damages.some((anomaly) => overlaps(anomaly, line));
    assertEquals(isTold, line.state === null, `${describe(line)} is reported`);
  }
  assertEquals(report.healthy, errorsIn(report).length === 0);
  await assertLossesAreTold(damageCase, report, subject);
}

function linesFound({ written, found }: DamageCase): PhysicalLine[] {
  return physicalLines(found, splitLines(written));
}

function overlaps({ offset, length }: Anomaly, { start, end }: PhysicalLine): boolean {
  return offset !== null && length !== null && offset < end && offset + length > start;
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
  assert(
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
  assert(report.after.healthy, `not healthy afterwards: ${JSON.stringify(report.after.anomalies)}`);
  assertNoDamageLeft(after, damageCase);
  assertIntactKept(after, damageCase);
  await assertRemovedIsKept(damageCase.found, after, report, disk, subject);
  const readAfter = await subject.read(disk);
  assertEquals(told(readAfter), withoutRepeats(told(readBefore)), "records read afterwards");
  await assertNothingLeftToDo(disk, subject, config);
  await assertGoesOn(disk, subject, readAfter);
}

function assertNoDamageLeft(after: Uint8Array, { written }: DamageCase): void {
  const left = physicalLines(after, splitLines(written)).filter(({ state }) => state === null);
  assertEquals(left.map(describe), [], "damaged lines are left");
}

// In order, byte for byte; only a numbered line that stood before already may go.
function assertIntactKept(after: Uint8Array, damageCase: DamageCase): void {
  const accepted = linesFound(damageCase)
    .filter(({ bytes, state }) => state !== null && kindOf(bytes) !== "checkpoint");
  const expected = withoutRepeats(accepted.map(({ bytes }) => latin1(bytes)), isNumbered);
  const kept = splitLines(after).map(latin1);
  let from = 0;
  for (const line of expected) {
    const at = kept.indexOf(line, from);
    assert(at !== -1, `removed, or moved, an intact line: ${line}`);
    from = at + 1;
  }
  for (const line of gluedLines(damageCase)) {
    assert(kept.includes(line), `removed an intact line that was glued to something: ${line}`);
  }
}

function isNumbered(line: string): boolean {
  return line.includes('"crc"');
}

// Lines of ours that begin where a damaged line does, or end where it does, or begin behind such a one.
function gluedLines({ written, found }: DamageCase): string[] {
  const lines = splitLines(written).filter((line) =>
    isIntact(line) && kindOf(line) !== "checkpoint"
  ).map(latin1);
  return physicalLines(found, []).map(({ bytes }) => latin1(bytes)).flatMap((glued) => {
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
  const before = disk.get(STORE_PATH).slice();
  const again = await subject.recover(disk, config);
  assert(!again.changed && again.removedRanges === 0, "a second recovery finds something to do");
  assertEquals(disk.get(STORE_PATH), before, "a second recovery changes the file");
  assertEquals(errorsIn(await subject.scan(disk)), []);
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
  assert(seq > known, `the next record has number ${seq}, and ${known} was there`);
  const read = await subject.read(disk);
  assertEquals(told(read.slice(0, -1)), told(before), "records read after the next one");
  assertEquals(read.at(-1)?.seq, seq);
  assertEquals(errorsIn(await subject.scan(disk)), []);
}

async function writerGoesOn(damageCase: DamageCase, subject: Subject): Promise<void> {
  const disk = diskOf(damageCase);
  const before = await subject.read(disk);
  const seq = await subject.write(disk, [{ kind: "event", eventType: "next", timestamp: NOW }]);
  const known = largestKnown(damageCase);
  assert(seq > known, `the next record has number ${seq}, and ${known} was there`);
  const file = disk.get(STORE_PATH);
  assertEquals(file.subarray(0, damageCase.found.length), damageCase.found, "writing removes");
  assertEquals(told((await subject.read(disk)).slice(0, -1)), told(before));
  await subject.recover(disk, {});
  const read = await subject.read(disk);
  assertEquals(read.at(-1)?.seq, seq, "recovery removes the record behind the damage");
  assertEquals(told(read.slice(0, -1)), withoutRepeats(told(before)));
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
  assertEquals(told(await subject.read(disk)), told(kept), "records read after compaction");
  // Records that stand twice may expire, and each line gets its newline again.
  const damage = errorsIn(before)
    .filter(({ code, length }) => code !== "DUPLICATE_SEQUENCE" && length !== 0);
  assert(damage.length === 0 || !after.healthy, "compaction hides damage");
  assert(
    !before.healthy || after.healthy,
    `compaction damages: ${JSON.stringify(after.anomalies)}`,
  );
  assertEquals(after.damagedBytes, before.damagedBytes, "damaged bytes after compaction");
  const again = await subject.compact(disk, { retention });
  assert(!report.changed || !again.changed, "a second compaction finds something to do");
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
