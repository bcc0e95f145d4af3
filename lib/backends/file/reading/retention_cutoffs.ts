/**
 * Where retention cuts a store: found by reading backwards, so that memory does not grow with the store.
 *
 * @module
 */

import { isRecordKind, RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import {
  limitsOf,
  planRetention,
  type RetentionPlan,
  type RetentionPolicy,
} from "../../../model/retention.ts";
import type { ByteRange } from "../../../storage/byte_range.ts";
import { lineEndBefore } from "../../../storage/lines/backward_reader.ts";
import type { FileStore } from "../store/file_store.ts";
import { type LineCounts, LineTally, lineTimestamp } from "../store/line_tally.ts";
import { readSummary } from "../summaries/segment_summaries.ts";
import type { StoreLine } from "../store/store_lines.ts";
import { partLinesBackward, partRuns, type StorePart } from "../store/store_part.ts";

const FIRST_BLOCK_BYTES = 128 * 1024;
const BLOCK_BYTES_MAX = 8 * 1024 * 1024;

/** What retention keeps of a store. */
export interface RetentionCutoffs {
  /** Whether the records of a kind that stand here, with this timestamp, are kept. */
  keeps(kind: RecordKind, position: number, timestamp: number | null): boolean;
  /** Whether all records of a file that begins at this position are kept. */
  keepsAll(position: number, runs: LineCounts["kinds"]): boolean;
  /** From this position on everything is kept; Infinity where that cannot be told. */
  readonly allKeptFrom: number;
  /** Whether any record is expired, or may be. */
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
    keepsAll: (at) => at >= position,
    allKeptFrom: position,
    hasExpired: position > 0,
    keptFrom: position,
    droppedBefore: position,
  };
}

/** What a policy keeps that asks for nothing but age; null where it asks for more. No record is read for it. */
export function cutoffsByAge(
  retention: RetentionPolicy,
  nowSeconds: number,
): RetentionCutoffs | null {
  const isByAge = RECORD_KINDS.every((kind) => {
    const { maxRecords = Infinity, maxTotalBytes = Infinity } = limitsOf(retention, kind);
    return maxRecords === Infinity && maxTotalBytes === Infinity;
  });
  if (!isByAge) return null;
  const keptFrom = { event: 0, audit: 0, dead_letter: 0 };
  return cutoffsOf(planRetention(retention, nowSeconds), RECORD_KINDS, keptFrom, true);
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
  store: FileStore,
  parts: readonly StorePart[],
  horizon: number,
  question: RetentionQuestion,
): Promise<RetentionCutoffs> {
  const { retention, nowSeconds, kinds } = question;
  const end = (parts.at(-1)?.base ?? 0) + horizon;
  const search = new Search(planRetention(retention, nowSeconds), kinds, end);
  for (const part of parts.toReversed()) {
    const summary = await readSummary(store, part);
    if (summary !== null && search.takePart(part.base, summary.counts.kinds)) continue;
    const to = part === parts.at(-1) ? horizon : part.horizon;
    for await (const block of blocksBackward(part, to)) {
      await takeBlock(search, part, block, question.signal);
      if (search.isDone) return search.cutoffs;
    }
  }
  return search.cutoffs;
}

/** Yields stretches of whole lines from back to front: small ones first, the newest may be enough. */
async function* blocksBackward(part: StorePart, end: number): AsyncGenerator<ByteRange> {
  if (end === 0) return;
  const file = await part.open();
  let bytes = FIRST_BLOCK_BYTES;
  for (let to = end; to > 0;) {
    const from = to <= bytes ? 0 : await lineEndBefore(file, to - bytes);
    yield { from, to };
    to = from;
    bytes = Math.min(bytes * 2, BLOCK_BYTES_MAX);
  }
}

// Where all records of a kind meet the same end, they need not be looked at one by one, newest first.
async function takeBlock(
  search: Search,
  part: StorePart,
  block: ByteRange,
  signal: AbortSignal | undefined,
): Promise<void> {
  const tally = new LineTally();
  for await (const batch of partRuns(part, signal, block)) tally.addAll(batch);
  if (search.takePart(part.base + block.from, tally.counts.kinds)) return;
  for await (const lines of partLinesBackward(part, signal, block)) {
    for (const line of lines) search.takeLine(line);
    if (search.isDone) return;
  }
}

/** Goes from the newest record to the oldest. */
class Search {
  readonly #plan: RetentionPlan;
  readonly #kinds: readonly RecordKind[];
  readonly #keptFrom: { [K in RecordKind]: number };
  #hasExpired = false;

  constructor(plan: RetentionPlan, kinds: ReadonlySet<RecordKind>, end: number) {
    this.#plan = plan;
    this.#kinds = [...kinds];
    // What is appended behind the end is newer than anything that was decided on.
    this.#keptFrom = { event: end, audit: end, dead_letter: end };
  }

  /** Whether nothing older can change the answer. */
  get isDone(): boolean {
    return this.#hasExpired && this.#kinds.every((kind) => this.#plan.isExhausted(kind));
  }

  get cutoffs(): RetentionCutoffs {
    return cutoffsOf(this.#plan, this.#kinds, this.#keptFrom, this.#hasExpired);
  }

  takeLine(line: StoreLine): void {
    const { state, kind } = line.verdict;
    if (state === "damaged" || !isRecordKind(kind) || !this.#kinds.includes(kind)) return;
    if (this.#plan.keeps(kind, lineTimestamp(line), line.length)) {
      this.#keptFrom[kind] = line.position;
    } else this.#hasExpired = true;
  }

  /** Takes a whole file by what is known of it; false where its lines have to be looked at. */
  takePart(base: number, runs: LineCounts["kinds"]): boolean {
    const verdicts = this.#kinds.map((kind) => this.#plan.verdictOn(kind, runs[kind]));
    if (verdicts.includes(null)) return false;
    for (const [index, kind] of this.#kinds.entries()) {
      if (runs[kind].records === 0) continue;
      if (verdicts[index] === "expired") this.#hasExpired = true;
      else {
        this.#plan.takeKept(kind, runs[kind]);
        this.#keptFrom[kind] = base;
      }
    }
    return true;
  }
}

function cutoffsOf(
  plan: RetentionPlan,
  kinds: readonly RecordKind[],
  keptFrom: { readonly [K in RecordKind]: number },
  hasExpired: boolean,
): RetentionCutoffs {
  return {
    keeps: (kind, position, timestamp) =>
      position >= keptFrom[kind] && (timestamp === null || timestamp >= plan.oldestKept(kind)),
    keepsAll: (position, runs) =>
      kinds.every((kind) => {
        const { records, timestamps } = runs[kind];
        const isYoung = timestamps === null || timestamps.min >= plan.oldestKept(kind);
        return records === 0 || (position >= keptFrom[kind] && isYoung);
      }),
    allKeptFrom: Infinity,
    hasExpired,
    keptFrom: Math.min(...kinds.map((kind) => keptFrom[kind])),
    droppedBefore: 0,
  };
}
