/**
 * How a store of files is: records, bytes and times by kind. Of sealed segments their summaries tell, and
 * of every other file only what is new since the last look is read.
 *
 * @module
 */

import { join } from "node:path";
import type { MeasuredStore } from "../../backend/store_metrics.ts";
import { RECORD_KINDS } from "../../model/record.ts";
import { describeStore } from "./describe_store.ts";
import type { FileStore } from "./store/file_store.ts";
import { addCounts, type LineCounts, LineTally, NO_LINES } from "./store/line_tally.ts";
import { learnSummary } from "./summaries/segment_summaries.ts";
import { PartChanged, partRuns, type StorePart } from "./store/store_part.ts";
import { openView, readableHorizon, sizeOf, type StoreView } from "./store/store_view.ts";

const LOOKS_MAX = 5;
const TAIL_BYTES = 256;

/** What is known of the beginning of a file. */
interface KnownBeginning {
  readonly identity: string;
  readonly end: number;
  /** The last bytes before its end. */
  readonly tail: Uint8Array;
  readonly counts: LineCounts;
}

/** Measures one store again and again. */
export class StoreMeasure {
  #known = new Map<string, KnownBeginning>();

  /** Measures it; where its files change meanwhile, anew. */
  async take(store: FileStore, signal: AbortSignal | undefined): Promise<MeasuredStore> {
    for (let looks = 1;; looks++) {
      const view = await openView(store, { lockTimeoutMs: 0, signal });
      try {
        return await this.#measure(store, view, signal);
      } catch (error) {
        if (!(error instanceof PartChanged) || looks >= LOOKS_MAX) throw error;
      } finally {
        await view.close();
      }
    }
  }

  async #measure(
    store: FileStore,
    view: StoreView,
    signal: AbortSignal | undefined,
  ): Promise<MeasuredStore> {
    const horizon = await readableHorizon(view);
    const known = new Map<string, KnownBeginning>();
    let counts = NO_LINES;
    for (const part of view.parts) {
      const summary = await learnSummary(store, part, signal);
      if (summary !== null) counts = addCounts(counts, summary.counts);
      else {
        const end = part === view.parts.at(-1) ? horizon : part.horizon;
        const beginning = await this.#read(part, end, signal);
        known.set(part.path, beginning);
        counts = addCounts(counts, beginning.counts);
      }
    }
    // What was replaced or sealed since is looked at no more.
    this.#known = known;
    return {
      ...kindsOf(counts),
      exists: view.parts.length > 0,
      bytes: sizeOf(view),
      segments: view.parts.filter(({ role }) => role !== "active").length,
      quarantine_bytes: await putAsideBytes(store),
      disk_free_bytes: (await describeStore(store, { withFreeBytes: true })).freeBytes,
    };
  }

  async #read(
    part: StorePart,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<KnownBeginning> {
    const before = await this.#knownOf(part, end);
    const tally = new LineTally();
    const range = { from: before?.end ?? 0, to: end };
    for await (const batch of partRuns(part, signal, range)) tally.addAll(batch);
    const counts = addCounts(before?.counts ?? NO_LINES, tally.counts);
    return { identity: part.identity, end, tail: await tailOf(part, end), counts };
  }

  // A file that only grew is the same up to where it ended. One that was cut and written anew is not.
  async #knownOf(part: StorePart, end: number): Promise<KnownBeginning | null> {
    const known = this.#known.get(part.path);
    if (known === undefined || known.identity !== part.identity || known.end > end) return null;
    const tail = await tailOf(part, known.end);
    return tail.every((byte, index) => byte === known.tail[index]) ? known : null;
  }
}

async function tailOf(part: StorePart, end: number): Promise<Uint8Array> {
  const tail = new Uint8Array(Math.min(TAIL_BYTES, end));
  const file = await part.open();
  const count = await file.read(tail, end - tail.length);
  return tail.subarray(0, count);
}

function kindsOf(
  { kinds }: LineCounts,
): Pick<MeasuredStore, "records" | "oldest_at" | "newest_at"> {
  const byKind = <T>(of: (kind: typeof RECORD_KINDS[number]) => T) =>
    Object.fromEntries(RECORD_KINDS.map((kind) => [kind, of(kind)]));
  return {
    records: byKind((kind) => kinds[kind].records) as MeasuredStore["records"],
    oldest_at: byKind((kind) => kinds[kind].timestamps?.min ?? null) as MeasuredStore["oldest_at"],
    newest_at: byKind((kind) => kinds[kind].timestamps?.max ?? null) as MeasuredStore["newest_at"],
  };
}

async function putAsideBytes({ fileSystem, sidecar }: FileStore): Promise<number> {
  const directory = sidecar.pathOf("removed");
  const names = await fileSystem.list(directory);
  return names.reduce(
    (sum, name) => sum + (fileSystem.statLink(join(directory, name))?.size ?? 0),
    0,
  );
}
