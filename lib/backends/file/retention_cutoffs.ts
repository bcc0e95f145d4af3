/**
 * Where retention cuts a store: found by reading backwards, so that memory does not grow with the store.
 *
 * @module
 */

import { isRecordKind, type RecordKind } from "../../model/record.ts";
import { planRetention, type RetentionPolicy } from "../../model/retention.ts";
import { lineTimestamp } from "./line_tally.ts";
import type { StoreLine } from "./store_lines.ts";
import { type StorePart, viewLinesBackward } from "./store_part.ts";

/** What retention keeps of a store. */
export interface RetentionCutoffs {
  /** Whether the records of a kind that stand here, with this timestamp, are kept. */
  keeps(kind: RecordKind, position: number, timestamp: number | null): boolean;
  /** Whether any record is expired. */
  readonly hasExpired: boolean;
  /** Where the oldest record that is kept begins; the end where none is kept. */
  readonly keptFrom: number;
  /** Everything before this position goes, whatever it is; 0 where only records expire. */
  readonly droppedBefore: number;
}

/** Keeps everything from `position` on, and nothing before it. */
export function cutAt(position: number): RetentionCutoffs {
  return {
    keeps: (_kind, at) => at >= position,
    hasExpired: position > 0,
    keptFrom: position,
    droppedBefore: position,
  };
}

/** What retention is asked about. */
export interface RetentionQuestion {
  /** The policy. */
  readonly retention: RetentionPolicy;
  /** The moment that ages are counted from, Unix seconds. */
  readonly nowSeconds: number;
  /** The kinds that matter. */
  readonly kinds: ReadonlySet<RecordKind>;
  /** Stops the search. */
  readonly signal: AbortSignal | undefined;
}

/** Finds what a policy keeps of `parts`, the last of which is read up to `horizon`. */
export async function findCutoffs(
  parts: readonly StorePart[],
  horizon: number,
  { retention, nowSeconds, kinds, signal }: RetentionQuestion,
): Promise<RetentionCutoffs> {
  const plan = planRetention(retention, nowSeconds);
  const end = (parts.at(-1)?.base ?? 0) + horizon;
  // What is appended behind the end is newer than anything that was decided on.
  const keptFrom = { event: end, audit: end, dead_letter: end };
  let hasExpired = false;
  const isDone = (): boolean => [...kinds].every((kind) => plan.isExhausted(kind));
  reading: for await (const lines of viewLinesBackward(parts, signal, horizon)) {
    for (const line of lines) {
      const kind = keptKind(line, kinds);
      if (kind === null) continue;
      if (plan.keeps(kind, lineTimestamp(line), line.length)) keptFrom[kind] = line.position;
      else hasExpired = true;
      if (hasExpired && isDone()) break reading;
    }
  }
  return {
    keeps: (kind, position, timestamp) =>
      position >= keptFrom[kind] && (timestamp === null || timestamp >= plan.oldestKept(kind)),
    hasExpired,
    keptFrom: Math.min(...[...kinds].map((kind) => keptFrom[kind])),
    droppedBefore: 0,
  };
}

function keptKind({ verdict }: StoreLine, kinds: ReadonlySet<RecordKind>): RecordKind | null {
  const { state, kind } = verdict;
  return state !== "damaged" && isRecordKind(kind) && kinds.has(kind) ? kind : null;
}
