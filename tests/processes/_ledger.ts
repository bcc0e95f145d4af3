/**
 * What writers were told is durable, and whether it is there.
 *
 * @module
 */

import type { RecordKind } from "../../lib/model/record.ts";
import { JsonFilePersistence } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { type Kept, type PlacedRecord, ReadingCheck } from "./_reading_check.ts";
import { kindAt, originOf } from "./_records.ts";

/** What a look at the store showed. */
export interface Survey {
  /** How many records it holds. */
  readonly records: number;
  /** How many of them nobody was told of. */
  readonly unacknowledged: number;
  /** How many acknowledged ones retention has taken since the survey before. */
  readonly retired: number;
  /** The last number. */
  readonly lastSeq: number;
}

/** Everything that was acknowledged. */
export class Ledger {
  /** How many records that is. */
  count = 0;
  /** How many of them retention has taken. */
  retired = 0;
  readonly #kept: Kept;
  // Of each writer, the numbers of its records, but those that retention has taken.
  readonly #seqs = new Map<number, Map<number, number>>();
  #before: ReadingCheck | undefined;
  #settledSeq = 0;
  #ranges: { readonly from: number; readonly to: number }[] = [];

  /** @param kept how many records of each kind retention keeps; of those not named, all */
  constructor(kept: Kept = {}) {
    this.#kept = kept;
  }

  /** Takes a writer's line, `INDEX FIRST_SEQ COUNT`. */
  take(writer: number, line: string): void {
    const [index, firstSeq, count] = line.split(" ").map(Number) as [number, number, number];
    assert(firstSeq > this.#settledSeq, `number ${firstSeq} is given a second time`);
    const seqs = this.#seqs.get(writer) ?? new Map<number, number>();
    this.#seqs.set(writer, seqs);
    for (let offset = 0; offset < count; offset++) seqs.set(index + offset, firstSeq + offset);
    this.#ranges.push({ from: firstSeq, to: firstSeq + count - 1 });
    this.count += count;
  }

  /** The numbers of the acknowledged records of these kinds that retention has not taken. */
  *seqsOf(kinds: readonly RecordKind[]): Generator<number> {
    for (const seqs of this.#seqs.values()) {
      for (const [index, seq] of seqs) if (kinds.includes(kindAt(index))) yield seq;
    }
  }

  /** Reads the store and looks for everything in it. */
  async survey(path: string): Promise<Survey> {
    await using store = new JsonFilePersistence(path);
    const search = this.#search();
    for await (const record of store.records()) {
      search.take({ kind: record.kind, seq: record.seq!, ...originOf(record) });
    }
    return this.#end(search);
  }

  /** Looks for everything in `records`, which are all that there are while nobody writes. */
  surveyAll(records: readonly PlacedRecord[]): Survey {
    const search = this.#search();
    for (const record of records) search.take(record);
    const survey = this.#end(search);
    this.#assertNoNumberTwice();
    this.#settledSeq = survey.lastSeq;
    return survey;
  }

  #search(): Search {
    const unseen = new Map([...this.#seqs].map(([writer, seqs]) => [writer, new Map(seqs)]));
    return new Search(unseen, this.#kept);
  }

  #end(search: Search): Survey {
    const { reading, unseen } = search;
    reading.end(this.#before);
    this.#before = reading;
    const retired = this.#retire(unseen, reading);
    this.retired += retired;
    return {
      records: reading.count,
      unacknowledged: search.unacknowledged,
      retired,
      lastSeq: reading.lastSeq,
    };
  }

  /** Only what retention keeps no more may be missing. */
  #retire(unseen: Search["unseen"], reading: ReadingCheck): number {
    let retired = 0;
    for (const [writer, seqs] of unseen) {
      for (const [index, seq] of seqs) {
        const kind = kindAt(index);
        const isRetired = seq < reading.keptFrom(kind);
        assert(
          isRetired,
          `acknowledged ${kind} ${index} of writer ${writer}, number ${seq}, is gone`,
        );
        this.#seqs.get(writer)!.delete(index);
        retired++;
      }
      if (this.#seqs.get(writer)!.size === 0) this.#seqs.delete(writer);
    }
    return retired;
  }

  #assertNoNumberTwice(): void {
    const ranges = this.#ranges.sort((one, other) => one.from - other.from);
    for (let index = 1; index < ranges.length; index++) {
      const [before, { from }] = [ranges[index - 1]!, ranges[index]!];
      assert(from > before.to, `number ${from} was given twice`);
    }
    this.#ranges = [];
  }
}

/** Goes through a store once. */
class Search {
  readonly reading: ReadingCheck;
  unacknowledged = 0;

  /** @param unseen the acknowledged numbers of each writer */
  constructor(readonly unseen: Map<number, Map<number, number>>, kept: Kept) {
    this.reading = new ReadingCheck(kept);
  }

  take(record: PlacedRecord): void {
    const { writer, index, seq } = record;
    this.reading.take(record);
    const acknowledged = this.unseen.get(writer)?.get(index);
    if (acknowledged === undefined) {
      this.unacknowledged++;
      return;
    }
    assertEquals(seq, acknowledged, `record ${index} of writer ${writer}`);
    // A second one would have this number too, and numbers rise.
    this.unseen.get(writer)!.delete(index);
  }
}
