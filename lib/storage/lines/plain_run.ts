/**
 * Runs of plain lines: records of ours, intact, of the known kinds, each with a time and with the number
 * that follows on the one before.
 *
 * Nearly every line of nearly every store is one. Taken as a run they cost little more than their
 * checksums: nothing is made for each. What is said of a run is what `line_classifier.ts` says of its
 * lines one by one, which the tests hold it against; whatever is not plain is left to that.
 *
 * @module
 */

import { RECORD_KINDS, type RecordKind } from "../../model/record.ts";
import { LINE_BYTES_MAX, NEWLINE } from "../format.ts";
import { decimalDigits } from "./decimal.ts";
import { isIntact, kindOf, seqOf, timestampOf, TRAILER_BYTES } from "./line_codec.ts";

// Whoever keeps one part of a run and not the other has to look at its lines.
const RUN_BYTES_MAX = 64 * 1024;
const DIGITS_MAX = 17;
// A line takes far more bytes than its number.
const NUMBERS_BYTES = RUN_BYTES_MAX + DIGITS_MAX;
const DIGIT_0 = 0x30;

/** What the records of one kind come to in a run. */
export interface KindRun {
  /** How many. */
  readonly records: number;
  /** The bytes that they take, newlines included. */
  readonly bytes: number;
  /** The smallest of their timestamps. */
  readonly oldest: number;
  /** The largest. */
  readonly newest: number;
  /** The first of their numbers. */
  readonly firstSeq: number;
  /** The last. */
  readonly lastSeq: number;
}

/** A run of plain lines, newlines included; valid until the next batch. */
export interface PlainRun {
  /** What holds its bytes. */
  readonly buffer: Uint8Array;
  /** Where they begin there. */
  readonly start: number;
  /** Where they end there. */
  readonly end: number;
  /** Where they begin in the file. */
  readonly offset: number;
  /** How many lines there are. */
  readonly lines: number;
  /** The number of the first record. */
  readonly firstSeq: number;
  /** The number of the last record. */
  readonly lastSeq: number;
  /** Their numbers as they stand there, with a newline behind each. */
  readonly numbers: Uint8Array;
  /** What the records of each kind come to; null where there are none. */
  readonly kinds: { readonly [K in RecordKind]: KindRun | null };
}

/** Reads runs; one at a time, because they share its memory. */
export class PlainRunReader {
  readonly #numbers = new Uint8Array(NUMBERS_BYTES);
  readonly #tallies = {
    event: new KindTally(),
    audit: new KindTally(),
    dead_letter: new KindTally(),
  };

  /**
   * The run that begins at `start` in `held`, which is `offset` in the file, where a line begins; null where
   * the first line is not plain. The bytes before `searched` hold no newline.
   */
  read(held: Uint8Array, start: number, offset: number, searched = start): PlainRun | null {
    let firstSeq = 0;
    let lastSeq = 0;
    let lines = 0;
    let numbersLength = 0;
    let at = start;
    const stop = start + RUN_BYTES_MAX;
    for (const kind of RECORD_KINDS) this.#tallies[kind].clear();
    while (at < stop) {
      const newline = held.indexOf(NEWLINE, lines === 0 ? searched : at);
      if (newline === -1 || newline - at > LINE_BYTES_MAX || !isIntact(held, at, newline)) break;
      const kind = knownKind(kindOf(held, at, newline));
      const timestamp = kind && timestampOf(held, kind, at);
      const seq = seqOf(held, at, newline);
      if (kind === null || timestamp === null || seq === null) break;
      if (lines > 0 && seq !== lastSeq + 1) break;
      const digits = decimalDigits(seq);
      const numberAt = newline - TRAILER_BYTES - digits;
      // A number with zeros before it is not written by us.
      if (seq === 0 || held[numberAt - 1] === DIGIT_0) break;
      if (lines++ === 0) firstSeq = seq;
      lastSeq = seq;
      this.#tallies[kind].add(newline + 1 - at, timestamp, seq);
      for (let digit = 0; digit < digits; digit++) {
        this.#numbers[numbersLength++] = held[numberAt + digit]!;
      }
      this.#numbers[numbersLength++] = NEWLINE;
      at = newline + 1;
    }
    if (lines === 0) return null;
    const { event, audit, dead_letter } = this.#tallies;
    return {
      buffer: held,
      start,
      end: at,
      offset,
      lines,
      firstSeq,
      lastSeq,
      numbers: this.#numbers.slice(0, numbersLength),
      kinds: { event: event.run, audit: audit.run, dead_letter: dead_letter.run },
    };
  }
}

function knownKind(kind: string | null): RecordKind | null {
  return kind === "event" || kind === "audit" || kind === "dead_letter" ? kind : null;
}

class KindTally {
  #records = 0;
  #bytes = 0;
  #oldest = Infinity;
  #newest = -Infinity;
  #firstSeq = 0;
  #lastSeq = 0;

  clear(): void {
    this.#records = 0;
    this.#bytes = 0;
    this.#oldest = Infinity;
    this.#newest = -Infinity;
  }

  add(bytes: number, timestamp: number, seq: number): void {
    if (this.#records++ === 0) this.#firstSeq = seq;
    this.#lastSeq = seq;
    this.#bytes += bytes;
    if (timestamp < this.#oldest) this.#oldest = timestamp;
    if (timestamp > this.#newest) this.#newest = timestamp;
  }

  get run(): KindRun | null {
    if (this.#records === 0) return null;
    return {
      records: this.#records,
      bytes: this.#bytes,
      oldest: this.#oldest,
      newest: this.#newest,
      firstSeq: this.#firstSeq,
      lastSeq: this.#lastSeq,
    };
  }
}
