/**
 * Reads records: from the end where only the newest are asked for, in constant memory always.
 *
 * @module
 */

import type { CheckedQuery } from "../../../backend/checked_query.ts";
import type { RecordOutline } from "../../../backend/record_outline.ts";
import { isRecordKind, type StoredRecord } from "../../../model/record.ts";
import { isUnlimited, planRetention, type RetentionPlan } from "../../../model/retention.ts";
import type { ByteRange } from "../../../storage/byte_range.ts";
import type { FileStore } from "../store/file_store.ts";
import { decodeLine, isAskedFor, isDamaged } from "../store/line_record.ts";
import { lineTimestamp } from "../store/line_tally.ts";
import { lineOutline } from "./line_outline.ts";
import { relevantRanges } from "./relevant_ranges.ts";
import { findCutoffs, type RetentionCutoffs } from "./retention_cutoffs.ts";
import { readSummary } from "../summaries/segment_summaries.ts";
import type { StoreLine } from "../store/store_lines.ts";
import { PartChanged, partLines, partLinesBackward, type StorePart } from "../store/store_part.ts";
import { holdUnnumbered, openView, readableHorizon, type StoreView } from "../store/store_view.ts";

/** A read does not insist on the lock: what may be under way is left out instead. */
export const READ_LOCK_TIMEOUT_MS = 100;
// The newest records are found from the end. Lines of so many bytes are not read again to tell the oldest first.
const KEPT_BYTES_MAX = 256 * 1024;

/** What a read goes by before it looks into a line. */
type LineQuery = Omit<CheckedQuery, "matches">;

/** What is made of the lines of records. */
interface ItemQuery<T> extends LineQuery {
  /** What a line comes to; null where it is passed over. */
  readonly take: (line: StoreLine, onSkipped: () => void) => T | null;
}

/** What knows its number. */
interface Numbered {
  readonly seq: number | null;
}

/** Yields batches of the records that `query` asks for; of those in `firstView`, where it is given. */
export function readStore(
  store: FileStore,
  query: CheckedQuery,
  firstView?: StoreView,
): AsyncGenerator<readonly StoredRecord[]> {
  const take = (line: StoreLine, onSkipped: () => void): StoredRecord | null => {
    const record = decodeLine(line, onSkipped);
    return record !== null && query.matches(record) ? record : null;
  };
  return readItems(store, { ...query, take }, firstView);
}

/** Yields batches of their outlines; `query` has no filters. */
export function readOutlines(
  store: FileStore,
  query: CheckedQuery,
): AsyncGenerator<readonly RecordOutline[]> {
  return readItems(store, { ...query, take: lineOutline });
}

async function* readItems<T extends Numbered>(
  store: FileStore,
  query: ItemQuery<T>,
  firstView?: StoreView,
): AsyncGenerator<readonly T[]> {
  const progress: Progress = { yielded: 0, lastSeq: null };
  for (let given = firstView; progress.yielded < query.limit; given = undefined) {
    try {
      return yield* readFrom(store, query, progress, given);
    } catch (error) {
      // Maintenance replaced a file that could not be held open: a new look goes on behind the last one.
      const isResumable = progress.yielded === 0 || progress.lastSeq !== null;
      if (!(error instanceof PartChanged) || !isResumable) throw error;
    }
  }
}

/** How far a read has come. */
interface Progress {
  yielded: number;
  lastSeq: number | null;
}

async function* readFrom<T extends Numbered>(
  store: FileStore,
  query: ItemQuery<T>,
  progress: Progress,
  given: StoreView | undefined,
): AsyncGenerator<readonly T[]> {
  const { lastSeq } = progress;
  const rest = lastSeq === null ? query : restOf(query, progress.yielded, lastSeq);
  const { signal } = query;
  const view = given ?? await openView(store, { lockTimeoutMs: READ_LOCK_TIMEOUT_MS, signal });
  try {
    await holdUnnumbered(store, view);
    const parts = partsToRead(view.parts, query, lastSeq);
    const look = { store, parts, horizon: await readableHorizon(view), isSettled: view.isSettled };
    const batches = query.reverse ? readNewestFirst(look, rest) : readOldestFirst(look, rest);
    for await (const batch of batches) {
      const items = batch.slice(0, query.limit - progress.yielded);
      progress.yielded += items.length;
      progress.lastSeq = items.at(-1)!.seq;
      yield items;
      if (progress.yielded >= query.limit) return;
    }
  } finally {
    await view.close();
  }
}

// Read forwards, the next ones follow on the last, whatever was appended behind them since.
function restOf<T>(query: ItemQuery<T>, yielded: number, lastSeq: number): ItemQuery<T> {
  const isNext = (seq: number): boolean => query.reverse ? seq < lastSeq : seq > lastSeq;
  return {
    ...query,
    limit: query.reverse ? query.limit - yielded : Infinity,
    take: (line, onSkipped) => {
      const { seq } = line.verdict;
      return seq !== null && isNext(seq) ? query.take(line, onSkipped) : null;
    },
  };
}

/** The parts that can hold what is still to be read. */
// By their names alone: which files can hold what is still to be read. Read backwards, retention counts
// what was read before too.
export function partsToRead(
  parts: readonly StorePart[],
  { afterSeq, reverse }: Pick<CheckedQuery, "afterSeq" | "reverse">,
  lastSeq: number | null,
): readonly StorePart[] {
  const above = Math.max(afterSeq ?? 0, reverse ? 0 : lastSeq ?? 0);
  return parts.filter((_, index) => {
    const next = parts[index + 1]?.firstSeq ?? Infinity;
    return above === 0 || next > above + 1;
  });
}

/** What a read goes through. */
interface Look {
  readonly store: FileStore;
  readonly parts: readonly StorePart[];
  /** How far to read the last part. */
  readonly horizon: number;
  /** Whether no write was under way that may have been undone since. */
  readonly isSettled: boolean;
}

/** Whether a line counts as damaged. */
// Where a write was undone since, and another one done in its place, the look ends in the middle of that.
export function isSkipped(
  line: StoreLine,
  { parts, isSettled }: Pick<Look, "parts" | "isSettled">,
): boolean {
  const isCut = !isSettled && !line.isTerminated && line.path === parts.at(-1)!.path;
  return isDamaged(line) && !isCut;
}

/** The stretches of a part that can hold what is asked for, front to back. */
async function rangesIn(look: Look, part: StorePart, query: LineQuery): Promise<ByteRange[]> {
  const ranges = await relevantRanges(look.store, part, query);
  if (part !== look.parts.at(-1)) return ranges;
  return ranges.map(({ from, to }) => ({ from, to: Math.min(to, look.horizon) }));
}

async function* readNewestFirst<T>(
  look: Look,
  query: ItemQuery<T>,
): AsyncGenerator<readonly T[]> {
  for await (const batch of selectNewestFirst(look, query, query.onSkipped)) {
    yield batch.map(({ item }) => item);
  }
}

interface Selected<T> {
  readonly item: T;
  readonly position: number;
  readonly path: string;
  readonly length: number;
}

async function* selectNewestFirst<T>(
  look: Look,
  query: ItemQuery<T>,
  onSkipped: () => void,
): AsyncGenerator<readonly Selected<T>[]> {
  const plan = planRetention(query.retention, query.nowSeconds);
  const kinds = [...query.kinds];
  let wanted = query.limit;
  for await (const lines of linesNewestFirst(look, query, plan)) {
    const selected: Selected<T>[] = [];
    for (const line of lines) {
      const { kind } = line.verdict;
      if (isSkipped(line, look)) onSkipped();
      if (!isAskedFor(line, query) || !isRecordKind(kind)) continue;
      if (!plan.keeps(kind, lineTimestamp(line), line.length)) continue;
      const item = query.take(line, onSkipped);
      if (item === null) continue;
      const { position, path, length } = line;
      selected.push({ item, position, path, length });
      if (--wanted === 0) break;
    }
    if (selected.length > 0) yield selected;
    if (wanted === 0 || kinds.every((kind) => plan.isExhausted(kind))) return;
  }
}

async function* linesNewestFirst(
  look: Look,
  query: LineQuery,
  plan: RetentionPlan,
): AsyncGenerator<readonly StoreLine[]> {
  const isUnlimitedRead = isUnlimited(query.retention);
  for (const part of look.parts.toReversed()) {
    const ranges = await rangesIn(look, part, query);
    if (!isUnlimitedRead && await isPassedOver(look, part, ranges, query, plan)) continue;
    // What retention counts has to be gone through, whether it is asked for or not.
    const to = part === look.parts.at(-1) ? look.horizon : part.horizon;
    for (const range of isUnlimitedRead ? ranges.toReversed() : [{ from: 0, to }]) {
      yield* partLinesBackward(part, query.signal, range);
    }
  }
}

/** Whether what is known of a part is enough for retention, and nothing in it is asked for. */
async function isPassedOver(
  { store }: Look,
  part: StorePart,
  ranges: readonly ByteRange[],
  { kinds }: LineQuery,
  plan: RetentionPlan,
): Promise<boolean> {
  const runs = (await readSummary(store, part))?.counts.kinds;
  if (runs === undefined) return false;
  const found = [...kinds].filter((kind) => runs[kind].records > 0);
  const verdicts = found.map((kind) => plan.verdictOn(kind, runs[kind]));
  if (verdicts.every((verdict) => verdict === "expired")) return true;
  if (ranges.length > 0 || verdicts.includes(null)) return false;
  for (const [index, kind] of found.entries()) {
    if (verdicts[index] === "kept") plan.takeKept(kind, runs[kind]);
  }
  return true;
}

async function* readOldestFirst<T>(
  look: Look,
  query: ItemQuery<T>,
): AsyncGenerator<readonly T[]> {
  if (query.limit === Infinity) {
    return yield* readBehind(look, query, { from: await startBehind(look, query), paths: null });
  }
  const { items, skipped, stretch } = await findNewest(look, query);
  if (items === null) return yield* readBehind(look, query, stretch);
  for (let count = 0; count < skipped; count++) query.onSkipped();
  if (items.length > 0) yield items;
}

async function* readBehind<T>(
  look: Look,
  query: ItemQuery<T>,
  { from, paths }: Stretch,
): AsyncGenerator<readonly T[]> {
  const cutoffs = isUnlimited(query.retention)
    ? null
    : await findCutoffs(look.store, look.parts, look.horizon, query);
  const stretch = { from: Math.max(cutoffs?.keptFrom ?? 0, from), paths };
  for await (const lines of linesBehind(look, stretch, query)) {
    const items: T[] = [];
    for (const line of lines) {
      if (isSkipped(line, look)) query.onSkipped();
      if (!isAskedFor(line, query) || !isKept(line, cutoffs)) continue;
      const item = query.take(line, query.onSkipped);
      if (item !== null) items.push(item);
    }
    if (items.length > 0) yield items;
  }
}

/** Where to read. */
interface Stretch {
  /** Behind this position. */
  readonly from: number;
  /** In these files; null for all. */
  readonly paths: ReadonlySet<string> | null;
}

async function* linesBehind(
  look: Look,
  { from: start, paths }: Stretch,
  query: LineQuery,
): AsyncGenerator<readonly StoreLine[]> {
  for (const part of look.parts) {
    if (part.base + part.horizon <= start || paths?.has(part.path) === false) continue;
    for (const { from, to } of await rangesIn(look, part, query)) {
      const range = { from: Math.max(from, start - part.base), to };
      yield* partLines(part, query.signal, range);
    }
  }
}

/** The newest `limit` records. */
interface Newest<T> {
  /** They themselves, the oldest first; null where they are too large to be kept. */
  readonly items: readonly T[] | null;
  /** Damaged lines among them. */
  readonly skipped: number;
  /** Where they stand. */
  readonly stretch: Stretch;
}

async function findNewest<T>(look: Look, query: ItemQuery<T>): Promise<Newest<T>> {
  const paths = new Set<string>();
  const items: T[] = [];
  let [from, bytes, skipped] = [Infinity, 0, 0];
  for await (const batch of selectNewestFirst(look, query, () => skipped++)) {
    for (const { item, path, length } of batch) {
      paths.add(path);
      bytes += length;
      if (bytes <= KEPT_BYTES_MAX) items.push(item);
    }
    from = batch.at(-1)!.position;
  }
  const isKept = bytes <= KEPT_BYTES_MAX;
  return { items: isKept ? items.reverse() : null, skipped, stretch: { from, paths } };
}

/** A place in the last file that all records behind `afterSeq` stand behind; who follows needs little of it. */
export async function startBehind(
  look: Pick<Look, "parts" | "horizon">,
  { afterSeq, signal }: Pick<CheckedQuery, "afterSeq" | "signal">,
): Promise<number> {
  const last = look.parts.at(-1);
  if (afterSeq === null || last === undefined || last.role === "sealed") return 0;
  // More than one segment behind the number, by their names: the last file is not the newest.
  if (look.parts.filter(({ role }) => role === "sealed").length > 1) return 0;
  const range = { from: 0, to: look.horizon };
  for await (const lines of partLinesBackward(last, signal, range)) {
    const isReached = lines.some(({ verdict: { seq, state } }) =>
      state !== "damaged" && seq !== null && seq <= afterSeq
    );
    // Whoever put lines into another order did not do so over such a distance.
    if (isReached) return last.base + lines.at(-1)!.offset;
  }
  return 0;
}

function isKept(line: StoreLine, cutoffs: RetentionCutoffs | null): boolean {
  const { kind } = line.verdict;
  if (cutoffs === null) return true;
  return isRecordKind(kind) && cutoffs.keeps(kind, line.position, lineTimestamp(line));
}
