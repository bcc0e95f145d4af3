/**
 * How far a follower has come, by the numbers of records.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";

/** The last sequence number that was seen: what comes has a larger one, or it is another store. */
export class FollowCursor {
  readonly #location: string;
  #lastSeq: number;

  /**
   * @param location names the store in errors
   * @param afterSeq the number of the last record that was seen before; 0 for none
   */
  constructor(location: string, afterSeq: number) {
    this.#location = location;
    this.#lastSeq = afterSeq;
  }

  /** The last number seen; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Throws SEQUENCE_RESET where a store whose newest number is `seq` has not come that far. */
  assertReached(seq: number): void {
    if (seq < this.#lastSeq) throw this.reset(`its newest record is number ${seq}`);
  }

  /** Records up to `seq` were seen. */
  skipTo(seq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }

  /** The error for a store that is not the one that was followed, or not all of it. */
  reset(why: string): PapyraError {
    return new PapyraError(
      "SEQUENCE_RESET",
      `Cannot follow "${this.#location}" behind record ${this.#lastSeq}: ${why}; ` +
        "it was made anew, restored from a copy or cut: check it, then follow it from the start, --after-seq 0 (afterSeq)",
      { seq: this.#lastSeq },
    );
  }
}
