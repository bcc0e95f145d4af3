/**
 * What must hold of a store to whose files anything may have happened.
 *
 * @module
 */

import type { Anomaly, AnomalyCode } from "../../lib/model/anomaly.ts";
import type { ScanReport } from "../../lib/model/report.ts";
import { compressionChangesNothing } from "./compression_properties.ts";
import { type DamageCase, diskOf } from "./damage_case.ts";
import { ensure, ensureSame } from "./expect.ts";
import {
  allLines,
  describe,
  errorsIn,
  type FoundLine,
  isNamedOnly,
  isTellable,
  largestKnown,
  linesFound,
  told,
  withoutRepeats,
} from "./found_lines.ts";
import { latin1, seqOf } from "./oracle.ts";
import { recoveryMends } from "./recovery_properties.ts";
import { bytesAt, filesInOrder, filesOn, type StoreFiles } from "./store_files.ts";
import { NOW } from "./store_parts.ts";
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
    recoveryMends(one, subject, { mode: "repair" }),
  "a repair without room for a copy does the same": repairWithoutRoomMends,
  "a quarantine does the same": (one, subject) =>
    recoveryMends(one, subject, { mode: "quarantine" }),
  "a writer goes on behind any damage, with a new number": writerGoesOn,
  "a compaction hides no damage": compactionHidesNothing,
  "compression of segments changes nothing": compressionChangesNothing,
};

// What is cut off the end and known to have been given stays a loss, which only a copy can note.
async function repairWithoutRoomMends(damageCase: DamageCase, subject: Subject): Promise<void> {
  if (isNamedOnly(damageCase)) return;
  const way = { mode: "repair", freeBytes: 0 } as const;
  await recoveryMends({ ...damageCase, durableSeq: 0 }, subject, way);
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

function overlaps({ file, offset, length }: Anomaly, { path, start, end }: FoundLine): boolean {
  return file === path && offset !== null && length !== null && offset < end &&
    offset + length > start;
}

// Lost newlines, and white space where they were, are mended by writing each line anew; a byte-order
// mark is right again once its line is the first.
function damageIn({ anomalies }: ScanReport, files: StoreFiles): Anomaly[] {
  return anomalies.filter(({ code, file, offset, length }) => {
    const text = latin1(bytesAt(files, file).subarray(offset!, offset! + length!));
    return DAMAGE_CODES.has(code) && text.trim() !== "" && !text.startsWith("\xef\xbb\xbf");
  });
}

// A number that is gone while a larger one is known is missing in a gap, or a damaged line stands for
// it, or a checkpoint counts it; unless another tool's hand shows, which may have removed it on purpose.
async function assertLossesAreTold(
  damageCase: DamageCase,
  report: ScanReport,
  subject: Subject,
): Promise<void> {
  const mended = diskOf(damageCase);
  await subject.recover(mended, {});
  const kept = new Set(allLines(await filesOn(mended)).map(seqOf));
  assertMissing(report, new Set(linesFound(damageCase).filter(isAccepted).map(seqOfLine)));
  const lost = allLines(damageCase.written).map(seqOf)
    .filter((seq) => seq !== null && !kept.has(seq) && seq <= largestKnown(damageCase));
  const isByOtherTool = report.anomalyCounts.REWRITTEN_BY_OTHER_TOOL !== undefined;
  const told = damagedPieces(report) + numbersMissing(report);
  const isGone = report.anomalyCounts.MISSING_STORE !== undefined;
  ensure(
    lost.length <= told || isByOtherTool || isGone,
    `records ${lost} are gone, and the scan tells of ${told}`,
  );
}

// A number that stands there is not told to be missing.
function assertMissing(report: ScanReport, there: ReadonlySet<number | null>): void {
  for (const { from, to } of missingRanges(report)) {
    const found = [...there].filter((seq) => seq !== null && seq >= from && seq <= to);
    ensureSame(found, [], `records told to be missing, from ${from} to ${to}, that are there`);
  }
}

function isAccepted({ state }: FoundLine): boolean {
  return state !== null;
}

function seqOfLine({ bytes }: FoundLine): number | null {
  return seqOf(bytes);
}

function damagedPieces({ anomalies }: ScanReport): number {
  return anomalies.filter(({ code, length }) => DAMAGE_CODES.has(code) && length !== 0).length;
}

// A checkpoint that does not fit tells that something is missing, and not always how much.
function numbersMissing(report: ScanReport): number {
  const gaps = report.anomalyCounts.SEQUENCE_GAP ?? 0;
  const ranges = missingRanges(report);
  if (ranges.length < gaps) return Infinity;
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

function missingRanges(
  { anomalies }: ScanReport,
): { readonly from: number; readonly to: number }[] {
  const gaps = anomalies.filter(({ code }) => code === "SEQUENCE_GAP");
  return gaps.flatMap(({ reason }) => {
    const [, from, to = from] = /^records? (\d+)(?: to (\d+))?/.exec(reason) ?? [];
    return from === undefined ? [] : [{ from: Number(from), to: Number(to) }];
  });
}

async function writerGoesOn(damageCase: DamageCase, subject: Subject): Promise<void> {
  const disk = diskOf(damageCase);
  const before = await subject.read(disk);
  const seq = await subject.write(disk, [{ kind: "event", eventType: "next", timestamp: NOW }]);
  const known = largestKnown(damageCase);
  const isNew = seq > known || !isTellable(damageCase);
  ensure(isNew, `the next record has number ${seq}, and ${known} was there`);
  const files = await filesOn(disk);
  for (const { path, bytes } of filesInOrder(damageCase.found)) {
    const isThere = latin1(bytesAt(files, path)).startsWith(latin1(bytes));
    ensure(isThere, `writing changes what is in ${path}`);
  }
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
  const left = damageIn(after, await filesOn(disk));
  ensureSame(left.length, damage.length, "damaged lines after compaction");
  const again = await subject.compact(disk, { retention });
  ensure(!report.changed || !again.changed, "a second compaction finds something to do");
}
