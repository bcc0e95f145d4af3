/**
 * Reads records as they are stored, oldest first, in constant memory.
 *
 * @module
 */

import type { PassedOver, RawPlaces, RawQuery, RawRecord } from "../../backend/raw_store.ts";
import { isRecordKind, RECORD_KINDS, type RecordKind } from "../../model/record.ts";
import { CHECKPOINT_KIND } from "../../storage/format.ts";
import { storedJson } from "../../storage/lines/stored_json.ts";
import { readTail } from "../../storage/tail.ts";
import type { FileStore } from "./store/file_store.ts";
import { numberShownBy } from "./following/follow_search.ts";
import { isSkipped, partsToRead, READ_LOCK_TIMEOUT_MS, startBehind } from "./reading/read_store.ts";
import type { StoreLine } from "./store/store_lines.ts";
import { PartChanged, partLines, type StorePart } from "./store/store_part.ts";
import {
  holdUnnumbered,
  openView,
  readableHorizon,
  sizeOf,
  type StoreView,
} from "./store/store_view.ts";

type Seqs = { readonly [K in RecordKind]: number };

/** Yields the records that `query` asks for. */
export async function* readRawLines(
  store: FileStore,
  query: RawQuery,
): AsyncGenerator<readonly RawRecord[]> {
  const progress: Progress = { lastSeq: 0, unnumbered: 0 };
  for (let after = seqsOf(query.after);; after = raised(after, progress.lastSeq)) {
    try {
      return yield* readFrom(store, query, after, progress);
    } catch (error) {
      // Maintenance replaced a file that could not be held open: a new look goes on behind the last number.
      if (!(error instanceof PartChanged) || progress.unnumbered > 0) throw error;
    }
  }
}

/** The largest number that was given, whether its record is still there or not; 0 for none. */
export async function lastSeqOf(store: FileStore): Promise<number> {
  for (;;) {
    const view = await openView(store, { lockTimeoutMs: READ_LOCK_TIMEOUT_MS });
    try {
      for (const part of view.parts.toReversed()) {
        const content = await part.open();
        const tail = await readTail(content, part.horizon);
        if (tail.hasNumber) return tail.lastSeq;
      }
      return 0;
    } catch (error) {
      if (!(error instanceof PartChanged)) throw error;
    } finally {
      await view.close();
    }
  }
}

/** How far a read has come. */
interface Progress {
  lastSeq: number;
  /** Records without a number behind the last one with one. */
  unnumbered: number;
}

async function* readFrom(
  store: FileStore,
  query: RawQuery,
  after: Seqs,
  progress: Progress,
): AsyncGenerator<readonly RawRecord[]> {
  const { signal, onProgress } = query;
  const afterSeq = lowestOf(query, after);
  const view = await openView(store, { lockTimeoutMs: READ_LOCK_TIMEOUT_MS, signal });
  try {
    await holdUnnumbered(store, view);
    const parts = partsToRead(view.parts, { afterSeq, reverse: false }, null);
    const look = { parts, horizon: await readableHorizon(view), isSettled: view.isSettled };
    const start = afterSeq === 0 ? 0 : await startBehind(look, { afterSeq, signal });
    const lines = new RawLines(look, query, after, progress);
    for (const part of parts) {
      const range = rangeBehind(part, start, part === view.parts.at(-1) ? look.horizon : Infinity);
      for await (const batch of partLines(part, signal, range)) {
        const records = lines.take(batch);
        if (records.length > 0) yield records;
        if (batch.length > 0) onProgress?.(part.progressAt(batch.at(-1)!.offset), sizeOf(view));
      }
    }
    onProgress?.(sizeOf(view), sizeOf(view));
  } finally {
    await view.close();
  }
}

function rangeBehind(part: StorePart, start: number, horizon: number) {
  return { from: Math.max(0, start - part.base), to: Math.min(part.horizon, horizon) };
}

/** Takes from lines what is asked for. */
class RawLines {
  readonly #look: Pick<StoreView, "parts" | "isSettled">;
  readonly #query: RawQuery;
  readonly #after: Seqs;
  readonly #afterSeq: number;
  readonly #progress: Progress;
  // The largest number so far: what has none stands behind it.
  #reached = 0;

  constructor(
    look: Pick<StoreView, "parts" | "isSettled">,
    query: RawQuery,
    after: Seqs,
    progress: Progress,
  ) {
    this.#look = look;
    this.#query = query;
    this.#after = after;
    this.#afterSeq = lowestOf(query, after);
    this.#progress = progress;
  }

  take(lines: readonly StoreLine[]): RawRecord[] {
    const records: RawRecord[] = [];
    for (const line of lines) {
      const record = this.#recordOf(line);
      if (record !== null) records.push(record);
    }
    return records;
  }

  #recordOf(line: StoreLine): RawRecord | null {
    const { verdict } = line;
    const { kind } = verdict;
    if (verdict.state === "damaged") {
      if (isSkipped(line, this.#look)) this.#passOver("damaged");
      return null;
    }
    if (verdict.state === "blank") return null;
    this.#reached = Math.max(this.#reached, numberShownBy(line) ?? 0);
    if (!isRecordKind(kind)) {
      if (kind !== CHECKPOINT_KIND) this.#passOver("unknown_kind");
      return null;
    }
    if (!this.#query.kinds.has(kind) || !this.#isBehind(kind, verdict.seq)) return null;
    return this.#asRaw(line, kind);
  }

  // What stands before the place that was asked for was told of by whoever read that.
  #passOver(what: PassedOver): void {
    if (this.#reached >= this.#afterSeq) this.#query.onPassedOver?.(what);
  }

  #isBehind(kind: RecordKind, seq: number | null): boolean {
    return seq === null ? this.#reached >= this.#after[kind] : seq > this.#after[kind];
  }

  #asRaw({ bytes, verdict }: StoreLine, kind: RecordKind): RawRecord | null {
    const { seq, hasNonFinite } = verdict;
    const stored = storedJson(bytes, verdict);
    if (stored === null) {
      this.#passOver("damaged");
      return null;
    }
    this.#progress.lastSeq = Math.max(this.#progress.lastSeq, seq ?? 0);
    this.#progress.unnumbered = seq === null ? this.#progress.unnumbered + 1 : 0;
    return { kind, ...stored, hasNonFinite, place: seq === null ? null : `${seq}` };
  }
}

function seqsOf(places: RawPlaces): Seqs {
  const seqs = RECORD_KINDS.map((kind) => [kind, Number(places[kind] ?? 0)]);
  return Object.fromEntries(seqs) as Seqs;
}

function lowestOf({ kinds }: RawQuery, seqs: Seqs): number {
  return Math.min(...[...kinds].map((kind) => seqs[kind]));
}

function raised(seqs: Seqs, seq: number): Seqs {
  const all = RECORD_KINDS.map((kind) => [kind, Math.max(seqs[kind], seq)]);
  return Object.fromEntries(all) as Seqs;
}
