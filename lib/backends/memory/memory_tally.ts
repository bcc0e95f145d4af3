/**
 * Counts and bounds of the records of one kind.
 *
 * @module
 */

import type { Bounds } from "../../model/report.ts";
import type { MemoryEntry } from "./memory_entry.ts";

/** Adds up entries one by one. */
export class MemoryTally {
  #records = 0;
  #bytes = 0;
  #seqs: Bounds | null = null;
  #timestamps: Bounds | null = null;

  /** Takes one more entry into account. */
  add(entry: MemoryEntry): void {
    this.#records++;
    this.#bytes += entry.bytes;
    this.#seqs = widened(this.#seqs, entry.seq);
    if (entry.timestamp !== null) this.#timestamps = widened(this.#timestamps, entry.timestamp);
  }

  /** How many there were. */
  get records(): number {
    return this.#records;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Their smallest and largest number. */
  get seqs(): Bounds | null {
    return this.#seqs;
  }

  /** Their earliest and latest timestamp. */
  get timestamps(): Bounds | null {
    return this.#timestamps;
  }
}

function widened(bounds: Bounds | null, value: number): Bounds {
  if (bounds === null) return { min: value, max: value };
  return { min: Math.min(bounds.min, value), max: Math.max(bounds.max, value) };
}
