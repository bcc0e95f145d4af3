/**
 * What a store in memory serves copies with.
 *
 * @module
 */

import type { MaintenanceOptions } from "../../backend/backend.ts";
import type {
  RawMaintenance,
  RawPlaces,
  RawPrimitives,
  RawQuery,
  RawRecord,
} from "../../backend/raw_store.ts";
import { PapyraError } from "../../errors.ts";
import { pollUntil } from "../../storage/polling.ts";
import type { MemoryEntry } from "./memory_entry.ts";

const BATCH_RECORDS = 256;

/** The store behind it. */
export interface MemorySource {
  /** Its records, oldest first. */
  entries(): readonly MemoryEntry[];
  /** The last number that it gave. */
  lastSeq(): number;
  /** Keeps a receipt; its id. */
  writeReceipt(operation: string, details: { readonly [name: string]: unknown }): string;
}

/** A store in memory as copies see it. */
export class RawMemory implements RawPrimitives {
  /** Records are numbered whatever their kind. */
  readonly sharesPlaces = true;
  readonly #source: MemorySource;
  readonly #identity = `memory:${crypto.randomUUID()}`;
  #notes: string | null = null;
  #isMaintained = false;

  constructor(source: MemorySource) {
    this.#source = source;
  }

  /** Every store in memory is one of its own. */
  identity(): Promise<string> {
    return Promise.resolve(this.#identity);
  }

  /** Yields what is there when it begins. */
  async *read({ kinds, after, onProgress }: RawQuery): AsyncGenerator<readonly RawRecord[]> {
    const entries = this.#source.entries();
    const total = entries.length;
    for (let from = 0; from < total; from += BATCH_RECORDS) {
      const batch = entries.slice(from, Math.min(total, from + BATCH_RECORDS));
      const records = batch.filter(({ kind, seq }) =>
        kinds.has(kind) && seq > Number(after[kind] ?? 0)
      );
      onProgress?.(from + batch.length, total);
      if (records.length > 0) yield records.map(asRaw);
    }
  }

  /** The last number. */
  ends(): Promise<RawPlaces> {
    const lastSeq = this.#source.lastSeq();
    const place = lastSeq === 0 ? null : `${lastSeq}`;
    return Promise.resolve({ event: place, audit: place, dead_letter: place });
  }

  /** What was noted. */
  readNotes(): Promise<string | null> {
    return Promise.resolve(this.#notes);
  }

  /** One at a time. */
  async maintain<T>(
    operation: string,
    { waitMs = 0, signal }: MaintenanceOptions,
    body: (maintenance: RawMaintenance) => Promise<T>,
  ): Promise<T> {
    const isFree = () => !this.#isMaintained;
    if (!await pollUntil(isFree, { timeoutMs: waitMs, signal })) throw busy(operation);
    this.#isMaintained = true;
    try {
      return await body({
        writeNotes: (text) => Promise.resolve(void (this.#notes = text)),
        writeReceipt: (name, details) => Promise.resolve(this.#source.writeReceipt(name, details)),
      });
    } finally {
      this.#isMaintained = false;
    }
  }
}

function asRaw({ kind, json, timestamp, seq }: MemoryEntry): RawRecord {
  return { kind, json, timestamp, place: `${seq}`, hasNonFinite: false };
}

function busy(operation: string): PapyraError {
  const message =
    `Cannot ${operation}: another maintenance run has the store; wait for it (waitMs)`;
  return new PapyraError("BUSY", message);
}
