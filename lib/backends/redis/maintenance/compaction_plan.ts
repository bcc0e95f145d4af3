/**
 * What a compaction would remove of one stream, found by reading it once, in constant memory.
 *
 * @module
 */

import type { CompactionOptions } from "../../../backend/backend.ts";
import type { RecordKind } from "../../../model/record.ts";
import type { HeldBack } from "../../../model/report.ts";
import { type GroupNeed, needsOf } from "../groups/consumer_groups.ts";
import { compareIds, nextId } from "../streams/entry_id.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import type { StreamCutoffs } from "../reading/stream_cutoffs.ts";
import { type EntryVerdict, type StreamEntry, verdictOn } from "../streams/stream_entry.ts";
import { streamPages } from "../streams/stream_pages.ts";
import { StreamTally } from "./stream_tally.ts";

/** What to go by. */
export interface PlanQuestion {
  readonly kind: RecordKind;
  /** The last id to look at. */
  readonly horizon: string;
  readonly cutoffs: StreamCutoffs;
  readonly nowSeconds: number;
  readonly options: CompactionOptions;
  /** Called with how many entries were read. */
  readonly onEntries: (count: number) => void;
}

/** What is to go of one stream. */
export interface KindCompaction {
  readonly kind: RecordKind;
  /** All that is there. */
  readonly before: StreamTally;
  /** What goes. */
  readonly removed: StreamTally;
  /** Everything with a smaller id goes. */
  readonly trimTo: string;
  /** How many entries that is. */
  readonly trimmed: number;
  /** The last entry that goes behind it; null where none does. */
  readonly lastBehind: string | null;
  /** Whether an entry goes. */
  readonly goes: (entry: StreamEntry, verdict: EntryVerdict) => boolean;
  /** What the group that needs most holds back; null where none does. */
  readonly heldBack: HeldBack | null;
}

/** Plans one stream. */
export async function planKind(
  servers: RedisServers,
  { kind, horizon, cutoffs, nowSeconds, options, onEntries }: PlanQuestion,
): Promise<KindCompaction> {
  const key = servers.config.keys.streams[kind];
  const [need] = options.force ? [] : await needsOf(servers, key);
  const isExpired = ({ id }: StreamEntry, { code, timestamp }: EntryVerdict) =>
    code === null && !cutoffs.keeps(kind, id, timestamp);
  const isNeeded = ({ id }: StreamEntry) => need !== undefined && compareIds(id, need.fromId) >= 0;
  const before = new StreamTally(nowSeconds);
  const removed = new StreamTally(nowSeconds);
  const held = new HeldCount();
  let trimTo: string | null = null;
  let trimmed = 0;
  let lastBehind: string | null = null;
  for await (const page of streamPages(servers, { kind, from: "-", to: horizon }, options)) {
    for (const entry of page) {
      const verdict = verdictOn(entry);
      before.add(entry, verdict);
      const expired = isExpired(entry, verdict);
      if (expired && !isNeeded(entry)) {
        removed.add(entry, verdict);
        if (trimTo === null) trimmed++;
        else lastBehind = entry.id;
      } else {
        if (expired) held.add(entry.id);
        trimTo ??= entry.id;
      }
    }
    onEntries(page.length);
  }
  return {
    kind,
    before,
    removed,
    trimTo: trimTo ?? nextId(horizon),
    trimmed,
    lastBehind,
    goes: (entry, verdict) => isExpired(entry, verdict) && !isNeeded(entry),
    heldBack: need === undefined ? null : held.by(key, need),
  };
}

class HeldCount {
  #records = 0;
  #oldest = "";

  add(id: string): void {
    if (this.#records++ === 0) this.#oldest = id;
  }

  by(key: string, { group, consumer }: GroupNeed): HeldBack | null {
    if (this.#records === 0) return null;
    return { key, group, consumer, oldestEntry: this.#oldest, records: this.#records };
  }
}
