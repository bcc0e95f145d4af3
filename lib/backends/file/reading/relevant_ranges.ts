/**
 * Which stretches of a file a read has to go through, as far as its summary tells.
 *
 * @module
 */

import type { CheckedQuery } from "../../../backend/checked_query.ts";
import type { ByteRange } from "../../../storage/byte_range.ts";
import type { FileStore } from "../store/file_store.ts";
import { timestampsOf } from "../store/line_tally.ts";
import { learnSummary, readSummary } from "../summaries/segment_summaries.ts";
import type { SegmentBlock, SegmentSummary } from "../summaries/segment_summary.ts";
import type { StorePart } from "../store/store_part.ts";

/** The part of a query by which files and blocks are told apart. */
export type Bounds = Pick<CheckedQuery, "since" | "until" | "afterSeq" | "kinds" | "signal">;

/** The stretches of `part`, front to back, that can hold what the query asks for. */
export async function relevantRanges(
  store: FileStore,
  part: StorePart,
  query: Bounds,
): Promise<ByteRange[]> {
  const isWorthLearning = isTimed(query) || query.afterSeq !== null;
  const summary = isWorthLearning
    ? await learnSummary(store, part, query.signal)
    : await readSummary(store, part);
  return summary === null ? [{ from: 0, to: part.horizon }] : rangesOf(part, summary, query);
}

function rangesOf(part: StorePart, summary: SegmentSummary, query: Bounds): ByteRange[] {
  if (!mayHold(summary, query)) return [];
  const ranges: { from: number; to: number }[] = [];
  for (const [index, block] of summary.blocks.entries()) {
    const next = summary.blocks[index + 1];
    if (!isRelevant(block, next, query)) continue;
    const to = next?.offset ?? part.horizon;
    const last = ranges.at(-1);
    if (last?.to === block.offset) last.to = to;
    else ranges.push({ from: block.offset, to });
  }
  return ranges;
}

function mayHold({ counts, numbers }: SegmentSummary, query: Bounds): boolean {
  // Damaged lines are passed over there, and whoever reads is told of them.
  const isNone = [...query.kinds].every((kind) => counts.kinds[kind].records === 0);
  if (isNone && counts.damagedLines === 0) return false;
  if (query.afterSeq !== null && (numbers?.to ?? 0) <= query.afterSeq) return false;
  if (!isTimed(query)) return true;
  const bounds = timestampsOf(counts.kinds, query.kinds);
  return bounds !== null && bounds.max >= query.since && bounds.min <= query.until;
}

// Numbers may stand out of order: a block is passed over only where all before its end are too small.
function isRelevant(block: SegmentBlock, next: SegmentBlock | undefined, query: Bounds): boolean {
  if (query.afterSeq !== null && next !== undefined && next.seqBefore <= query.afterSeq) {
    return false;
  }
  // A record without a timestamp lies in no period of time.
  return !isTimed(query) || (block.newest >= query.since && block.oldest <= query.until);
}

function isTimed({ since, until }: Bounds): boolean {
  return since !== -Infinity || until !== Infinity;
}
