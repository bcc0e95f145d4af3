/**
 * Looks in the other files of a store for numbers that one of them lacks: where files have each other's
 * names, or an old one came back, records stand elsewhere than they were written.
 *
 * @module
 */

import { CHECKPOINT_KIND } from "../../storage/format.ts";
import { listParts } from "../../storage/store_parts.ts";
import type { FileStore } from "./file_store.ts";
import { readSummary } from "./segment_summaries.ts";
import type { SegmentSummary } from "./segment_summary.ts";
import type { SeqGap } from "./sequence_check.ts";
import type { StoreLine } from "./store_lines.ts";
import { partLines } from "./store_part.ts";
import { findPart } from "./store_view.ts";

/** Yields the numbers in all files but the one at `path` that may be in one of these holes. */
export async function* numbersInOtherFiles(
  store: FileStore,
  path: string,
  gaps: readonly SeqGap[],
): AsyncGenerator<number> {
  for (const found of await listParts(store.fileSystem, store.paths)) {
    const part = found.path === path ? null : findPart(store, found.path);
    if (part === null) continue;
    try {
      const summary = await readSummary(store, part);
      if (summary !== null && !mayFill(summary, gaps)) continue;
      for await (const lines of partLines(part)) {
        yield* lines.map(seqOf).filter((seq) => seq !== null);
      }
    } finally {
      await part.close();
    }
  }
}

function mayFill({ counts: { seqs } }: SegmentSummary, gaps: readonly SeqGap[]): boolean {
  return seqs !== null && gaps.some(({ from, to }) => from <= seqs.max && to >= seqs.min);
}

function seqOf({ verdict: { state, kind, seq } }: StoreLine): number | null {
  return state === "damaged" || kind === CHECKPOINT_KIND ? null : seq;
}
