/**
 * Where a copy goes on: behind what was noted, and behind what is there though it was not noted.
 *
 * @module
 */

import type { PassedOver, RawPlaces, RawRecord, RawStore } from "../backend/raw_store.ts";
import { PapyraError } from "../errors.ts";
import { comparePlaces } from "../model/place.ts";
import type { RecordKind } from "../model/record.ts";
import { AT_START, type Cursor, forKinds, foundAgain } from "./copy_cursor.ts";
import { matchKind } from "./copy_match.ts";
import { type CopyNote, type CopyPeriod, noteToGoOnFrom, parseNotes } from "./copy_notes.ts";

/** A copy, as far as all of its parts have to know it. */
export interface CopyJob {
  readonly source: RawStore;
  readonly target: RawStore;
  /** What tells the source from other stores. */
  readonly sourceId: string;
  readonly kinds: ReadonlySet<RecordKind>;
  readonly period: CopyPeriod;
  /** Whether a source record is asked for. */
  readonly isAskedFor: (record: RawRecord) => boolean;
  readonly signal: AbortSignal | undefined;
  /** Called for what is passed over in the source. */
  readonly onPassedOver: (what: PassedOver) => void;
  /** Called now and then with how far the stores were compared. */
  readonly onCompared: (done: number, total: number) => void;
}

/** Where the copy of one kind goes on. */
export interface KindPlan {
  /** The note that it goes on from; null where there is none. */
  readonly note: CopyNote | null;
  /** How far the source was known to be copied when this run began. */
  readonly from: Cursor;
  /** Where in the target the rest was looked for. */
  readonly behind: string | null;
  /** How far the source is copied, as comparing found. */
  readonly cursor: Cursor;
  /** Records that were found to be there, and had not been noted. */
  readonly found: number;
  /** The last place in the target before the first copied record. */
  readonly begin: string | null;
}

/** Where the copy of each kind goes on. */
export interface CopyPlan {
  /** All notes of the target. */
  readonly notes: readonly CopyNote[];
  readonly kinds: { readonly [K in RecordKind]: KindPlan };
}

const NOTHING: KindPlan = {
  note: null,
  from: AT_START,
  behind: null,
  cursor: AT_START,
  found: 0,
  begin: null,
};

/** Plans a copy. Throws SEQUENCE_RESET, or INVALID_ARGUMENT for other times than before. */
export async function planCopy(job: CopyJob, fromStart: boolean): Promise<CopyPlan> {
  const { source, target, kinds } = job;
  const notes = parseNotes(await target.readNotes());
  const usable = fromStart ? [] : notes;
  const noted = forKinds((kind) =>
    kinds.has(kind) ? noteToGoOnFrom(usable, { ...job.period, source: job.sourceId, kind }) : null
  );
  const [here, there] = [await source.ends(), await target.ends()];
  const plans = { event: NOTHING, audit: NOTHING, dead_letter: NOTHING };
  for (const [index, kind] of [...kinds].entries()) {
    const onCompared = (done: number, total: number) =>
      job.onCompared(index * total + done, kinds.size * total);
    plans[kind] = await planKind({ ...job, onCompared }, kind, noted[kind], { here, there });
  }
  return { notes, kinds: plans };
}

/** Where both stores end. */
interface Ends {
  readonly here: RawPlaces;
  readonly there: RawPlaces;
}

async function planKind(
  job: CopyJob,
  kind: RecordKind,
  note: CopyNote | null,
  { here, there }: Ends,
): Promise<KindPlan> {
  if (note !== null) assertGoesOn(job, note, here[kind]);
  const { from, behind, begin } = await startFrom(job, note, there[kind]);
  // Nothing came to the target since.
  if (there[kind] === behind) return { note, from, behind, cursor: from, found: 0, begin };
  const match = await matchKind({
    ...job,
    kind,
    from,
    to: null,
    behind,
    onSearched: job.onCompared,
  });
  const isFirst = note === null && match.records === 0;
  return {
    note,
    from,
    behind,
    cursor: match.cursor,
    found: match.records,
    begin: isFirst ? there[kind] : begin,
  };
}

async function startFrom(
  { source, signal }: CopyJob,
  note: CopyNote | null,
  end: string | null,
): Promise<Pick<KindPlan, "from" | "behind" | "begin">> {
  if (note === null) return { from: AT_START, behind: null, begin: null };
  const { kind, cursor, begin, target } = note;
  const isCut = isBefore(end, target);
  const from = isCut ? null : await foundAgain(source, kind, cursor, signal);
  if (from !== null) return { from, behind: target, begin };
  // The target lost what had been noted, or the source what had been remembered of it.
  const place = isCut ? null : cursor.place;
  const first = isBefore(end, begin) ? null : begin;
  return { from: { ...AT_START, place }, behind: first, begin: first };
}

function assertGoesOn(
  { sourceId }: CopyJob,
  { kind, cursor: { place } }: CopyNote,
  end: string | null,
): void {
  if (!isBefore(end, place)) return;
  throw new PapyraError(
    "SEQUENCE_RESET",
    `Cannot go on copying from ${sourceId}: ${kind} records were copied up to ${place}, and it ` +
      `ends at ${end ?? "nothing"}: it is another store by now, or was cut; ` +
      "copy with --from-start (fromStart) to compare it from its beginning",
  );
}

function isBefore(one: string | null, other: string | null): boolean {
  return other !== null && (one === null || comparePlaces(one, other) < 0);
}
