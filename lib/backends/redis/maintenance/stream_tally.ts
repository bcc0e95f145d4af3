/**
 * What the entries of a stream come to.
 *
 * @module
 */

import type { Bounds } from "../../../model/report.ts";
import type { EntryVerdict, StreamEntry } from "../streams/stream_entry.ts";

/** Adds up entries one by one. */
export class StreamTally {
  /** Records. */
  records = 0;
  /** Their bytes, newlines included. */
  bytes = 0;
  /** Records without a checksum. */
  foreign = 0;
  /** Records that another tool serialised again. */
  rewritten = 0;
  /** Records of kinds that this version does not know. */
  unknown = 0;
  /** Entries that are not accepted. */
  damaged = 0;
  /** Their bytes. */
  damagedBytes = 0;
  /** Records whose time lies in the future. */
  future = 0;
  /** Bytes of all entries. */
  allBytes = 0;
  #min = Infinity;
  #max = -Infinity;
  readonly #nowSeconds: number;

  /** @param nowSeconds when the future begins */
  constructor(nowSeconds: number) {
    this.#nowSeconds = nowSeconds;
  }

  /** Takes one more entry into account. */
  add({ bytes }: StreamEntry, { code, line, timestamp }: EntryVerdict): void {
    this.allBytes += bytes;
    if (line?.state === "foreign") this.foreign++;
    if (line?.state === "rewritten") this.rewritten++;
    if (code === "UNKNOWN_KIND") this.unknown++;
    else if (code !== null) {
      this.damaged++;
      this.damagedBytes += bytes;
    } else {
      this.records++;
      this.bytes += bytes;
      if (timestamp !== null) this.#addTime(timestamp);
    }
  }

  /** Takes a record out of account again; the bounds of the times stay. */
  take({ bytes }: StreamEntry, { timestamp }: EntryVerdict): void {
    this.allBytes -= bytes;
    this.records--;
    this.bytes -= bytes;
    if (timestamp !== null && timestamp > this.#nowSeconds) this.future--;
  }

  /** The earliest and the latest timestamp. */
  get timestamps(): Bounds | null {
    return this.#min <= this.#max ? { min: this.#min, max: this.#max } : null;
  }

  #addTime(timestamp: number): void {
    if (timestamp > this.#nowSeconds) this.future++;
    if (timestamp < this.#min) this.#min = timestamp;
    if (timestamp > this.#max) this.#max = timestamp;
  }
}

/** From the smallest to the largest of several. */
export function unionOf(bounds: readonly (Bounds | null)[]): Bounds | null {
  const given = bounds.filter((each) => each !== null);
  if (given.length === 0) return null;
  return {
    min: Math.min(...given.map(({ min }) => min)),
    max: Math.max(...given.map(({ max }) => max)),
  };
}
