/**
 * What a follower makes of the lines that it comes to.
 *
 * @module
 */

import type { CheckedFollow } from "../../../backend/checked_follow.ts";
import type { FollowCursor } from "../../../backend/follow_cursor.ts";
import type { StoredRecord } from "../../../model/record.ts";
import { isAnother, type SeenRecord } from "./follow_place.ts";
import { decodeLine, isAskedFor, isDamaged, isRecord } from "../store/line_record.ts";
import type { StoreLine } from "../store/store_lines.ts";

/** What was taken of some lines. */
export interface TakenLines {
  /** The records asked for. */
  readonly records: readonly StoredRecord[];
  /** The last line that was taken; null where none was. */
  readonly last: StoreLine | null;
  /** The last of them that is a record, asked for or not. */
  readonly lastRecord: StoreLine | null;
  /** The last number among them; null where they have none. */
  readonly lastSeq: number | null;
  /** Whether the rest was not taken, because a record has the number of another one that was seen. */
  readonly isOtherStore: boolean;
}

/** Takes lines up to one that is yet to be finished. Numbers that were seen before are passed over. */
export function takeLines(
  lines: readonly StoreLine[],
  query: CheckedFollow,
  cursor: FollowCursor,
  seen: SeenRecord | null,
): TakenLines {
  const records: StoredRecord[] = [];
  let last: StoreLine | null = null;
  let lastRecord: StoreLine | null = null;
  let lastSeq: number | null = null;
  for (const line of lines) {
    if (isUnfinished(line)) break;
    if (isAnother(line, seen)) return { records, last, lastRecord, lastSeq, isOtherStore: true };
    last = line;
    if (isDamaged(line)) {
      query.onSkipped();
      continue;
    }
    const { seq } = line.verdict;
    lastSeq = seq ?? lastSeq;
    // It was put there again by a hand.
    if (seq !== null && seq <= cursor.lastSeq) continue;
    cursor.skipTo(seq ?? 0);
    if (isRecord(line)) lastRecord = line;
    const record = isAskedFor(line, query) ? decodeLine(line, query.onSkipped) : null;
    if (record !== null && query.matches(record)) records.push(record);
  }
  return { records, last, lastRecord, lastSeq, isOtherStore: false };
}

/** Whether the line is damaged because its end is yet to be written. */
export function isUnfinished(line: StoreLine): boolean {
  return isDamaged(line) && !line.isTerminated;
}
