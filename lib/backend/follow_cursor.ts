/**
 * How far a follower has come, by the numbers of records.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";

/** The last sequence number that was seen: whatever comes has a larger one, or it is another store. */
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

  /** Takes the next record into account. Throws SEQUENCE_RESET where it should have come before. */
  pass(seq: number): void {
    if (seq <= this.#lastSeq) throw this.resetBy(seq);
    this.#lastSeq = seq;
  }

  /** Goes on behind the newest number of a store. Throws SEQUENCE_RESET where more were seen before. */
  passNewest(seq: number): void {
    if (seq < this.#lastSeq) throw this.resetBy(seq);
    this.#lastSeq = seq;
  }

  /** The error for a store in which `seq` stands where it cannot. */
  resetBy(seq: number): PapyraError {
    return new PapyraError(
      "SEQUENCE_RESET",
      `Cannot follow ${this.#location} behind record ${this.#lastSeq}: its numbers are back at ${seq}; ` +
        "it was made anew, restored from a copy or cut: check it, then follow it from the start",
      { seq },
    );
  }
}
