/**
 * The lines of a store's file, plain ones in runs: for who goes through all of a large file.
 *
 * @module
 */

import { RECORD_KINDS } from "../../../model/record.ts";
import type { ByteRange } from "../../../storage/byte_range.ts";
import { NEWLINE } from "../../../storage/format.ts";
import { kindOf } from "../../../storage/lines/line_codec.ts";
import { classifyIntact } from "../../../storage/lines/line_classifier.ts";
import { type OnBytes, readRuns } from "../../../storage/lines/line_scanner.ts";
import { RawLine } from "../../../storage/lines/raw_line.ts";
import type { PlainRun } from "../../../storage/lines/plain_run.ts";
import { addPieces, type LineSource, StoreLine } from "./store_lines.ts";

/** Lines of a run that stand together. */
export interface RunStretch {
  /** The number of the first. */
  readonly firstSeq: number;
  /** The number of the last. */
  readonly lastSeq: number;
  /** Their bytes, newlines included. */
  readonly bytes: Uint8Array;
}

/** A run of plain lines of a store; valid until the next batch. */
export class StoreRun {
  /** Where it stands. */
  readonly source: LineSource;
  /** What it comes to. */
  readonly run: PlainRun;
  /** The number of its first line, from 1. */
  readonly number: number;

  constructor(source: LineSource, run: PlainRun, number: number) {
    this.source = source;
    this.run = run;
    this.number = number;
  }

  /** The file that it stands in. */
  get path(): string {
    return this.source.path;
  }

  /** Where it begins in the file. */
  get offset(): number {
    return this.run.offset;
  }

  /** The bytes that it takes. */
  get length(): number {
    return this.run.end - this.run.start;
  }

  /** Where it begins when the store's files are laid end to end. */
  get position(): number {
    return this.source.base + this.offset;
  }

  /** Its bytes, newlines included. */
  get bytes(): Uint8Array {
    return this.run.buffer.subarray(this.run.start, this.run.end);
  }

  /** Its lines of these kinds, as many at once as stand together. */
  *ofKinds(kinds: ReadonlySet<string>): Generator<RunStretch> {
    const present = RECORD_KINDS.filter((kind) => this.run.kinds[kind] !== null);
    if (present.every((kind) => kinds.has(kind))) yield { ...this.run, bytes: this.bytes };
    else if (present.some((kind) => kinds.has(kind))) yield* this.#stretchesOf(kinds);
  }

  *#stretchesOf(kinds: ReadonlySet<string>): Generator<RunStretch> {
    const { buffer, start, end, firstSeq, lastSeq } = this.run;
    let from = start;
    let fromSeq = firstSeq;
    for (let [at, seq] = [start, firstSeq]; at < end; seq++) {
      const next = buffer.indexOf(NEWLINE, at) + 1;
      if (!kinds.has(kindOf(buffer, at, next)!)) {
        const bytes = buffer.subarray(from, at);
        if (at > from) yield { firstSeq: fromSeq, lastSeq: seq - 1, bytes };
        [from, fromSeq] = [next, seq + 1];
      }
      at = next;
    }
    if (from < end) yield { firstSeq: fromSeq, lastSeq, bytes: buffer.subarray(from, end) };
  }

  /** Its first line. */
  get first(): StoreLine {
    const [line] = this.lines();
    return line!;
  }

  /** Its lines one by one, as {@linkcode storeLines} gives them. */
  *lines(): Generator<StoreLine> {
    const { buffer, start, end, offset } = this.run;
    let number = this.number;
    for (let at = start; at < end; number++) {
      const newline = buffer.indexOf(NEWLINE, at);
      const next = newline + 1;
      const raw = new RawLine(buffer, at, newline, offset + (at - start), next - at, true);
      yield new StoreLine(this.source, raw, number, classifyIntact(buffer, at, newline)!);
      at = next;
    }
  }
}

/** The lines of a run one by one, or the one line. */
export function linesOf(each: StoreLine | StoreRun): Iterable<StoreLine> {
  return each instanceof StoreRun ? each.lines() : [each];
}

/** Yields the lines of `range` from front to back, plain ones in runs. It must begin at the beginning of a line. */
export async function* storeRuns(
  source: LineSource,
  range: ByteRange,
  signal?: AbortSignal,
  onBytes?: OnBytes,
): AsyncGenerator<readonly (StoreLine | StoreRun)[]> {
  let number = 1;
  for await (const found of readRuns(source.file, range, signal, onBytes)) {
    const batch: (StoreLine | StoreRun)[] = [];
    for (const each of found) {
      if (each instanceof RawLine) addPieces(batch, source, each, number++);
      else {
        batch.push(new StoreRun(source, each, number));
        number += each.lines;
      }
    }
    yield batch;
  }
}
