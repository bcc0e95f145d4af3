/**
 * Looks in the other files of a store for numbers that one of them lacks: where files have each other's
 * names, or an old one came back, records stand elsewhere than they were written.
 *
 * @module
 */

import { decodeCheckpoint } from "../../../storage/lines/checkpoint.ts";
import { CHECKPOINT_KIND } from "../../../storage/format.ts";
import { valueOf } from "../../../storage/lines/line_classifier.ts";
import { listParts } from "../../../storage/store_parts.ts";
import type { FileStore } from "../store/file_store.ts";
import { readSummary } from "../summaries/segment_summaries.ts";
import type { SegmentSummary } from "../summaries/segment_summary.ts";
import type { NumberRange, SeqGap } from "../sequence/sequence_check.ts";
import type { StoreLine } from "../store/store_lines.ts";
import { partLines } from "../store/store_part.ts";
import { findPart } from "../store/store_view.ts";

/** Yields what all files but the one at `path` hold, or say that they held, of the numbers in these holes. */
export async function* numbersInOtherFiles(
  store: FileStore,
  path: string,
  gaps: readonly SeqGap[],
): AsyncGenerator<NumberRange> {
  for (const found of await listParts(store.fileSystem, store.paths)) {
    const part = found.path === path ? null : findPart(store, found.path);
    if (part === null) continue;
    try {
      const summary = await readSummary(store, part);
      if (summary !== null && !mayFill(summary, gaps)) continue;
      for await (const lines of partLines(part)) {
        yield* lines.map(rangeOf).filter((range) => range !== null);
      }
    } finally {
      await part.close();
    }
  }
}

function mayFill({ numbers }: SegmentSummary, gaps: readonly SeqGap[]): boolean {
  return numbers !== null && gaps.some(({ from, to }) => from <= numbers.to && to >= numbers.from);
}

function rangeOf({ bytes, verdict }: StoreLine): NumberRange | null {
  const { state, kind, seq } = verdict;
  if (state === "damaged") return null;
  if (kind !== CHECKPOINT_KIND) return seq === null ? null : { from: seq, to: seq };
  const value = valueOf(bytes, verdict);
  return value && decodeCheckpoint(value);
}
