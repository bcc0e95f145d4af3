/**
 * Reads records: from the end where only the newest are asked for, in constant memory always.
 *
 * @module
 */

import type { CheckedQuery } from "../../backend/checked_query.ts";
import { isRecordKind, type StoredRecord } from "../../model/record.ts";
import { isUnlimited, planRetention } from "../../model/retention.ts";
import { decodeRecord } from "../../model/wire.ts";
import { lineEndBefore } from "../../storage/backward_reader.ts";
import type { OpenFile } from "../../storage/file_system.ts";
import { valueOf } from "../../storage/line_classifier.ts";
import type { FileStore } from "./file_store.ts";
import { lineTimestamp } from "./line_tally.ts";
import { findCutoffs, type RetentionCutoffs } from "./retention_cutoffs.ts";
import { type StoreLine, storeLines, storeLinesBackward } from "./store_lines.ts";
import { openView, type StoreView } from "./store_view.ts";

// A read does not insist on the lock: what may be under way is left out instead.
const LOCK_TIMEOUT_MS = 100;

/** Yields batches of the records that `query` asks for. */
export async function* readStore(
  store: FileStore,
  query: CheckedQuery,
): AsyncGenerator<readonly StoredRecord[]> {
  if (query.limit === 0) return;
  const view = await openView(store, { lockTimeoutMs: LOCK_TIMEOUT_MS, signal: query.signal });
  if (view.file === null) return;
  try {
    const horizon = await readableHorizon(view, view.file);
    if (query.reverse) yield* readNewestFirst(view.file, horizon, query, query.onSkipped);
    else yield* readOldestFirst(view.file, horizon, query);
  } finally {
    await view.file.close();
  }
}

/** How far whole lines reach that no write can be in the middle of. */
async function readableHorizon(view: StoreView, file: OpenFile): Promise<number> {
  if (view.isSettled) return view.horizon;
  return await lineEndBefore(file, view.horizon);
}

async function* readNewestFirst(
  file: OpenFile,
  horizon: number,
  query: CheckedQuery,
  onSkipped: () => void,
): AsyncGenerator<readonly StoredRecord[]> {
  for await (const batch of selectNewestFirst(file, horizon, query, onSkipped)) {
    yield batch.map(({ record }) => record);
  }
}

interface SelectedRecord {
  readonly record: StoredRecord;
  readonly offset: number;
}

async function* selectNewestFirst(
  file: OpenFile,
  horizon: number,
  query: CheckedQuery,
  onSkipped: () => void,
): AsyncGenerator<readonly SelectedRecord[]> {
  const plan = planRetention(query.retention, query.nowSeconds);
  const kinds = [...query.kinds];
  let wanted = query.limit;
  for await (const lines of storeLinesBackward(file, { from: 0, to: horizon }, query.signal)) {
    const selected: SelectedRecord[] = [];
    for (const line of lines) {
      const { kind } = line.verdict;
      if (isDamaged(line)) onSkipped();
      if (!isAskedFor(line, query) || !isRecordKind(kind)) continue;
      if (!plan.keeps(kind, lineTimestamp(line), line.length)) continue;
      const record = decodeLine(line, onSkipped);
      if (record === null || !query.matches(record)) continue;
      selected.push({ record, offset: line.offset });
      if (--wanted === 0) break;
    }
    if (selected.length > 0) yield selected;
    if (wanted === 0 || kinds.every((kind) => plan.isExhausted(kind))) return;
  }
}

async function* readOldestFirst(
  file: OpenFile,
  horizon: number,
  query: CheckedQuery,
): AsyncGenerator<readonly StoredRecord[]> {
  const cutoffs = isUnlimited(query.retention) ? null : await findCutoffs(file, horizon, query);
  const keptFrom = cutoffs?.keptFrom ?? 0;
  const from = query.limit === Infinity ? keptFrom : await startOfNewest(file, horizon, query);
  if (from >= horizon) return;
  for await (const lines of storeLines(file, { from, to: horizon }, query.signal)) {
    const records: StoredRecord[] = [];
    for (const line of lines) {
      if (isDamaged(line)) query.onSkipped();
      if (!isAskedFor(line, query) || !isKept(line, cutoffs)) continue;
      const record = decodeLine(line, query.onSkipped);
      if (record !== null && query.matches(record)) records.push(record);
    }
    if (records.length > 0) yield records;
  }
}

/** Where the oldest of the newest `limit` records begins. */
async function startOfNewest(
  file: OpenFile,
  horizon: number,
  query: CheckedQuery,
): Promise<number> {
  let start = Infinity;
  for await (const batch of selectNewestFirst(file, horizon, query, () => {})) {
    start = batch.at(-1)!.offset;
  }
  return start;
}

function isDamaged({ verdict }: StoreLine): boolean {
  return verdict.state === "damaged";
}

function isAskedFor({ verdict }: StoreLine, query: CheckedQuery): boolean {
  const { state, kind } = verdict;
  return state !== "damaged" && isRecordKind(kind) && query.kinds.has(kind);
}

function isKept(line: StoreLine, cutoffs: RetentionCutoffs | null): boolean {
  const { kind } = line.verdict;
  if (cutoffs === null) return true;
  return isRecordKind(kind) && cutoffs.keeps(kind, line.offset, lineTimestamp(line));
}

function decodeLine({ bytes, verdict }: StoreLine, onSkipped: () => void): StoredRecord | null {
  const value = valueOf(bytes, verdict);
  const record = value && decodeRecord(value, verdict.seq);
  if (record === null) onSkipped();
  return record;
}
