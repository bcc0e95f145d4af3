/**
 * Where retention cuts streams: found by reading backwards, so that memory does not grow with them.
 *
 * @module
 */

import type { RecordKind } from "../../../model/record.ts";
import {
  isUnlimited,
  limitsOf,
  planRetention,
  type RetentionPolicy,
} from "../../../model/retention.ts";
import { compareIds, nextId } from "../streams/entry_id.ts";
import type { RedisServers } from "../servers/redis_servers.ts";
import { verdictOn } from "../streams/stream_entry.ts";
import { streamPages } from "../streams/stream_pages.ts";

/** What retention keeps of streams. */
export interface StreamCutoffs {
  /** Whether a record of a kind, with this id and timestamp, is kept. */
  keeps(kind: RecordKind, id: string, timestamp: number | null): boolean;
  /** The id of the oldest record of a kind that can be kept; `-` where any can. */
  keptFrom(kind: RecordKind): string;
}

/** What retention is asked about. */
export interface CutoffQuestion {
  readonly retention: RetentionPolicy;
  /** The moment that ages are counted from, Unix seconds. */
  readonly nowSeconds: number;
  readonly kinds: ReadonlySet<RecordKind>;
  /** Up to where to look: the last id of each stream. What comes behind it is kept. */
  readonly horizons: ReadonlyMap<RecordKind, string>;
  readonly signal?: AbortSignal | undefined;
}

const KEEPS_ALL: StreamCutoffs = { keeps: () => true, keptFrom: () => "-" };

/** Finds what a policy keeps. */
export async function findStreamCutoffs(
  servers: RedisServers,
  question: CutoffQuestion,
): Promise<StreamCutoffs> {
  const { retention, nowSeconds, kinds } = question;
  if (isUnlimited(retention)) return KEEPS_ALL;
  const plan = planRetention(retention, nowSeconds);
  const from = new Map<RecordKind, string>();
  for (const kind of kinds) {
    const { maxRecords, maxTotalBytes } = limitsOf(retention, kind);
    // Age alone is told by each record.
    if (maxRecords === undefined && maxTotalBytes === undefined) continue;
    from.set(kind, await oldestKept(servers, kind, question, plan));
  }
  return {
    keeps: (kind, id, timestamp) => {
      const first = from.get(kind) ?? "-";
      if (first !== "-" && compareIds(id, first) < 0) return false;
      return timestamp === null || timestamp >= plan.oldestKept(kind);
    },
    keptFrom: (kind) => from.get(kind) ?? "-",
  };
}

async function oldestKept(
  servers: RedisServers,
  kind: RecordKind,
  { horizons, signal }: CutoffQuestion,
  plan: ReturnType<typeof planRetention>,
): Promise<string> {
  const horizon = horizons.get(kind)!;
  let oldest: string | null = null;
  if (plan.isExhausted(kind)) return nextId(horizon);
  const range = { kind, from: "-", to: horizon, reverse: true };
  for await (const page of streamPages(servers, range, { signal })) {
    for (const entry of page) {
      const { code, timestamp } = verdictOn(entry);
      if (code === null && plan.keeps(kind, timestamp, entry.bytes)) oldest = entry.id;
      if (plan.isExhausted(kind)) return oldest ?? nextId(horizon);
    }
  }
  // Nothing was left out for its number or size.
  return "-";
}
