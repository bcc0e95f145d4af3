/**
 * Counts how often each type occurs, in constant memory, however many there are.
 *
 * @module
 */

import { shortened } from "../model/shortened.ts";
import type { TypeCount, TypeCounts } from "./store_report.ts";

const NAME_LENGTH_MAX = 120;
const TYPES_MAX = 4096;
const TYPES_KEPT = 1024;

/** Records by type. */
export class TypeTally {
  #counts = new Map<string, number>();
  #given = 0;
  #givenUp = false;

  /** Counts a record. */
  add(type: string): void {
    const name = shortened(type, NAME_LENGTH_MAX);
    this.#given++;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    if (this.#counts.size > TYPES_MAX) this.#giveUpRareOnes();
  }

  /** The most frequent ones, and the sum of all others. */
  counts(topMax: number): TypeCounts {
    const top = this.#sorted().slice(0, topMax);
    return {
      top,
      others: this.#given - top.reduce((sum, { count }) => sum + count, 0),
      distinct: this.#givenUp ? null : this.#counts.size,
    };
  }

  #giveUpRareOnes(): void {
    this.#givenUp = true;
    this.#counts = new Map(
      this.#sorted().slice(0, TYPES_KEPT).map(({ type, count }) => [type, count]),
    );
  }

  #sorted(): TypeCount[] {
    return [...this.#counts]
      .map(([type, count]) => ({ type, count }))
      .sort((one, other) => other.count - one.count || (one.type < other.type ? -1 : 1));
  }
}
