/**
 * Compares what was copied with its source: by count and digest, and record by record where those differ.
 *
 * @module
 */

import type { PassedOver, RawPlaces, RawRecord, RawStore } from "../backend/raw_store.ts";
import { PapyraError } from "../errors.ts";
import type { RecordKind } from "../model/record.ts";
import { formatTime } from "../model/units.ts";
import { type Cursors, CursorTracker } from "./copy_cursor.ts";
import { matchKind, recordsBehind } from "./copy_match.ts";
import { type CopyTally, RecordTally } from "./copy_tally.ts";

/** What was compared, and found to be the same. */
export interface CopyVerification extends CopyTally {
  /** Records in the target, behind where the copy begins, that are not of this copy. */
  readonly otherRecords: number;
}

/** What to compare. */
export interface VerifyQuestion {
  readonly source: RawStore;
  readonly target: RawStore;
  readonly kinds: ReadonlySet<RecordKind>;
  /** The source's records behind this place. */
  readonly from: Cursors;
  /** And up to this one. */
  readonly to: Cursors;
  /** The target's records behind these places. */
  readonly behind: RawPlaces;
  readonly isAskedFor: (record: RawRecord) => boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (done: number, total: number) => void;
  readonly onPassedOver: (what: PassedOver) => void;
}

/** Compares both stores. Throws COPY_DIFFERS with the first record that the target does not have. */
export async function verifyCopy(question: VerifyQuestion): Promise<CopyVerification> {
  const expected = await tallySource(question);
  const found = await tallyTarget(question);
  let otherRecords = 0;
  for (const kind of question.kinds) {
    otherRecords += found.records[kind] - expected.records[kind];
    if (found.digests[kind] !== expected.digests[kind]) await assertHeld(question, kind);
  }
  return { ...expected, otherRecords };
}

async function tallySource(question: VerifyQuestion): Promise<CopyTally> {
  const { source, kinds, from, to, isAskedFor, signal, onProgress, onPassedOver } = question;
  const tally = new RecordTally();
  const tracker = new CursorTracker(source, from);
  const progress = (done: number, total: number) => onProgress(done / 2, total);
  const query = { kinds, from, onPassedOver, onProgress: progress, ...(signal && { signal }) };
  for await (const records of recordsBehind(source, query)) {
    for (const record of records) {
      tracker.advance(record);
      const isCopied = tracker.isWithin(record.kind, to[record.kind]);
      if (isCopied && isAskedFor(record)) tally.add(record);
    }
  }
  return tally.end();
}

async function tallyTarget(
  { target, kinds, behind, signal, onProgress }: VerifyQuestion,
): Promise<CopyTally> {
  const tally = new RecordTally();
  const progress = (done: number, total: number) => onProgress((total + done) / 2, total);
  const query = { kinds, after: behind, onProgress: progress, ...(signal && { signal }) };
  for await (const records of target.read(query)) {
    for (const record of records) tally.add(record);
  }
  return tally.end();
}

// Others may have recorded to the target meanwhile.
async function assertHeld(question: VerifyQuestion, kind: RecordKind): Promise<void> {
  const { source, target, from, to, behind } = question;
  const { missing } = await matchKind({
    ...question,
    kind,
    from: from[kind],
    to: to[kind],
    behind: behind[kind],
  });
  if (missing === null) return;
  const [here, there] = await Promise.all([source.identity(), target.identity()]);
  throw new PapyraError(
    "COPY_DIFFERS",
    `The copy differs from its source: ${nameOf(missing)} of ${here} is not where it should be ` +
      `in ${there}: it was removed there since (compaction, recovery), or changed; ` +
      "see papyra persistence history of both",
    { ...(/^\d+$/.test(missing.place ?? "") ? { seq: Number(missing.place) } : {}) },
  );
}

function nameOf({ kind, place, timestamp }: RawRecord): string {
  const time = timestamp === null ? "without a time" : `of ${formatTime(timestamp)}`;
  return `${kind} ${place === null ? "" : `${place} `}${time}`;
}
