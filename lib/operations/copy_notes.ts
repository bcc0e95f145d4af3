/**
 * What a store remembers of copies that were made to it: how far each of them came, by source, kind and
 * period. Losing it costs a comparison of both stores.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import { isRecordKind, type RecordKind } from "../model/record.ts";
import { formatTime } from "../model/units.ts";
import { type Cursor, cursorFrom, isPlace } from "./copy_cursor.ts";

/** The times that records are asked for of, Unix seconds; null for no bound. */
export interface CopyPeriod {
  /** The first. */
  readonly since: number | null;
  /** The last. */
  readonly until: number | null;
}

/** How far the copy of one kind came. */
export interface CopyNote extends CopyPeriod {
  /** What tells the source from other stores. */
  readonly source: string;
  /** The kind of record. */
  readonly kind: RecordKind;
  /** How far it came in the source. */
  readonly cursor: Cursor;
  /** The last place in the target before the first copied record. */
  readonly begin: string | null;
  /** The last place in the target when this was noted. */
  readonly target: string | null;
}

// Of more copies than this, the one that was not gone on with for longest is forgotten.
const NOTES_MAX = 100;

/** Reads notes; what cannot be read as one counts as lost. */
export function parseNotes(text: string | null): CopyNote[] {
  try {
    const { copies } = JSON.parse(text ?? "{}") as { copies?: unknown };
    return Array.isArray(copies) ? copies.map(noteFrom).filter((note) => note !== null) : [];
  } catch {
    return [];
  }
}

/** Notes as text, with `changed` in place of those of the same copies. */
export function notesText(notes: readonly CopyNote[], changed: readonly CopyNote[]): string {
  const others = notes.filter((note) => !changed.some((one) => isSameCopy(note, one)));
  return `${JSON.stringify({ version: 1, copies: [...others, ...changed].slice(-NOTES_MAX) })}\n`;
}

/**
 * The note to go on from; null where there is none.
 *
 * Throws INVALID_ARGUMENT where records of other times were copied, and some of those asked for may be
 * among them: whoever went on would double them, or leave some out.
 */
export function noteToGoOnFrom(
  notes: readonly CopyNote[],
  { source, kind, since, until }: CopyPeriod & Pick<CopyNote, "source" | "kind">,
): CopyNote | null {
  const ofSource = notes.filter((note) => note.source === source && note.kind === kind);
  const overlapping = ofSource.filter((note) => overlaps(note, { since, until }));
  const [note = null] = overlapping.slice(-1);
  if (note === null) return null;
  const isNarrower = (since ?? -Infinity) >= (note.since ?? -Infinity);
  if (overlapping.length === 1 && note.until === until && isNarrower) return note;
  throw new PapyraError(
    "INVALID_ARGUMENT",
    `Cannot copy other times than before: ${kind} records ${periodText(note)} were copied from ` +
      `${source}, and some of those asked for are among them; ask for the same times, or copy ` +
      "to another store",
  );
}

function overlaps(one: CopyPeriod, other: CopyPeriod): boolean {
  return (one.since ?? -Infinity) <= (other.until ?? Infinity) &&
    (other.since ?? -Infinity) <= (one.until ?? Infinity);
}

// The beginning of the period may have moved on.
function isSameCopy(one: CopyNote, other: CopyNote): boolean {
  return one.source === other.source && one.kind === other.kind && overlaps(one, other);
}

function periodText({ since, until }: CopyPeriod): string {
  if (since === null && until === null) return "of all times";
  const from = since === null ? "" : ` from ${formatTime(since)}`;
  return `${from}${until === null ? "" : ` up to ${formatTime(until)}`}`.trimStart();
}

function noteFrom(value: unknown): CopyNote | null {
  const note = (value ?? {}) as Partial<CopyNote>;
  const { source, kind, since = null, until = null, begin = null, target = null } = note;
  const cursor = cursorFrom(note.cursor);
  const isValid = typeof source === "string" && isRecordKind(kind) && isTime(since) &&
    isTime(until) && isPlace(begin) && isPlace(target);
  return isValid && cursor !== null ? { source, kind, since, until, cursor, begin, target } : null;
}

function isTime(value: unknown): value is number | null {
  return value === null || typeof value === "number";
}
