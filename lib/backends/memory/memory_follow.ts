/**
 * Following in memory: whoever waits for the next record is woken by it.
 *
 * @module
 */

import type { CheckedFollow } from "../../backend/checked_follow.ts";
import { abortError } from "../../errors.ts";
import type { StoredRecord } from "../../model/record.ts";
import { type MemoryEntry, toRecord } from "./memory_entry.ts";

/** Wakes those who wait for something to happen. */
export class WakeUp {
  readonly #waiting = new Set<() => void>();

  /** Wakes all who wait now. */
  call(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Waits for the next call. Throws ABORTED. */
  async called(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    signal.addEventListener("abort", resolve as () => void);
    if (!signal.aborted) await promise;
    signal.removeEventListener("abort", resolve as () => void);
    this.#waiting.delete(resolve);
    if (signal.aborted) throw abortError(signal);
  }
}

/** The records asked for among those of `entries` with a larger number than `seq`, oldest first. */
export function recordsBehind(
  entries: readonly MemoryEntry[],
  seq: number,
  query: CheckedFollow,
): Generator<StoredRecord> {
  const start = entries.findLastIndex((entry) => entry.seq <= seq) + 1;
  return found(entries.slice(start), query);
}

function* found(entries: readonly MemoryEntry[], query: CheckedFollow): Generator<StoredRecord> {
  for (const entry of entries) {
    if (!query.kinds.has(entry.kind)) continue;
    const record = toRecord(entry);
    if (query.matches(record)) yield record;
  }
}
