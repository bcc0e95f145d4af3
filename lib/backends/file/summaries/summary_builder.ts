/**
 * Makes the summary of a segment from its lines.
 *
 * @module
 */

import { RECORD_KINDS } from "../../../model/record.ts";
import { decodeCheckpoint } from "../../../storage/lines/checkpoint.ts";
import { CHECKPOINT_KIND } from "../../../storage/format.ts";
import { valueOf } from "../../../storage/lines/line_classifier.ts";
import { LineTally, lineTimestamp } from "../store/line_tally.ts";
import type { SegmentBlock, SegmentNumbers, SegmentSummary } from "./segment_summary.ts";
import { StoreRun } from "../store/store_runs.ts";
import type { StoreLine } from "../store/store_lines.ts";

const BLOCK_BYTES_MIN = 256 * 1024;
const BLOCKS_MAX = 2048;

/** Takes in the lines of one file in order. */
export class SummaryBuilder {
  readonly #tally = new LineTally();
  readonly #blocks: SegmentBlock[] = [];
  readonly #blockBytes: number;
  #bytes = 0;
  #nextBlockAt = 0;
  #block = { offset: 0, seqBefore: 0, oldest: Infinity, newest: -Infinity };
  #highestSeq = 0;
  #from = Infinity;
  #to = 0;
  #isExplained = false;

  /** @param size bytes of the file */
  constructor(size: number) {
    this.#blockBytes = Math.max(BLOCK_BYTES_MIN, Math.ceil(size / BLOCKS_MAX));
  }

  /** Takes in the next line. */
  add(line: StoreLine): void {
    const { state, kind, seq } = line.verdict;
    this.#bytes += line.length;
    if (line.offset >= this.#nextBlockAt) this.#beginBlock(line.offset);
    const timestamp = state === "damaged" || state === "blank" ? null : lineTimestamp(line);
    this.#tally.add(line, timestamp);
    if (state === "damaged" || state === "blank") return;
    if (kind === CHECKPOINT_KIND) {
      this.#addCheckpoint(line);
      return;
    }
    if (seq !== null && seq > this.#highestSeq) this.#highestSeq = seq;
    if (timestamp === null) return;
    if (timestamp < this.#block.oldest) this.#block.oldest = timestamp;
    if (timestamp > this.#block.newest) this.#block.newest = timestamp;
  }

  /** Takes in the next lines, and runs of them. */
  addAll(batch: readonly (StoreLine | StoreRun)[]): void {
    for (const each of batch) {
      if (each instanceof StoreRun) this.addRun(each);
      else this.add(each);
    }
  }

  /** Takes in the next lines, a run. */
  addRun({ run, offset, length }: StoreRun): void {
    this.#bytes += length;
    if (offset >= this.#nextBlockAt) this.#beginBlock(offset);
    this.#tally.addRun(run);
    if (run.lastSeq > this.#highestSeq) this.#highestSeq = run.lastSeq;
    for (const kind of RECORD_KINDS) {
      const { oldest = Infinity, newest = -Infinity } = run.kinds[kind] ?? {};
      if (oldest < this.#block.oldest) this.#block.oldest = oldest;
      if (newest > this.#block.newest) this.#block.newest = newest;
    }
  }

  /** The smallest sequence number so far; Infinity where there is none. */
  get firstSeq(): number {
    return this.#tally.counts.seqs?.min ?? Infinity;
  }

  /** The summary, once all lines were taken in. */
  finish(verifiedAt: number | null): SegmentSummary {
    const { counts } = this.#tally;
    const blocks = [...this.#blocks, this.#block];
    return { counts, bytes: this.#bytes, numbers: this.#numbers(), blocks, verifiedAt };
  }

  #numbers(): SegmentNumbers | null {
    const { seqs } = this.#tally.counts;
    const from = Math.min(this.#from, seqs?.min ?? Infinity);
    if (from === Infinity) return null;
    return {
      first: seqs?.min ?? null,
      from,
      to: Math.max(this.#to, seqs?.max ?? 0),
      isExplained: this.#isExplained,
    };
  }

  #beginBlock(offset: number): void {
    if (offset > 0) this.#blocks.push(this.#block);
    this.#nextBlockAt = offset + this.#blockBytes;
    const seqBefore = this.#highestSeq;
    this.#block = { offset, seqBefore, oldest: Infinity, newest: -Infinity };
  }

  #addCheckpoint(line: StoreLine): void {
    const value = valueOf(line.bytes, line.verdict);
    const checkpoint = value && decodeCheckpoint(value);
    if (!checkpoint) return;
    this.#isExplained = true;
    this.#from = Math.min(this.#from, checkpoint.from);
    this.#to = Math.max(this.#to, checkpoint.to);
  }
}
