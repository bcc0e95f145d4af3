/**
 * What every reading of a store that these tests write must show, whatever else went on meanwhile.
 *
 * @module
 */

import { RECORD_KINDS, type RecordKind } from "../../lib/model/record.ts";
import { nextIndexOf, type Origin } from "./_records.ts";

/** A record as it stands in a store. */
export interface PlacedRecord extends Origin {
  /** Its kind. */
  readonly kind: RecordKind;
  /** Its number. */
  readonly seq: number;
}

/** The newest records of each kind that retention keeps; all where a kind is not named. */
export type Kept = { readonly [K in RecordKind]?: number };

/** Follows one reading: numbers rise, and no writer's records miss one in between. */
export class ReadingCheck {
  /** How many records there were. */
  count = 0;
  /** The last number. */
  lastSeq = 0;
  readonly #kept: Kept;
  readonly #last = new Map<string, PlacedRecord>();
  readonly #seqs: { readonly [K in RecordKind]: number[] } = {
    event: [],
    audit: [],
    dead_letter: [],
  };
  readonly #holes: { readonly before: PlacedRecord; readonly behind: PlacedRecord }[] = [];

  /** @param kept what retention keeps */
  constructor(kept: Kept) {
    this.#kept = kept;
  }

  /** Takes in the next record; throws where it should not stand here. */
  take(record: PlacedRecord): void {
    const { kind, seq, writer, index } = record;
    if (seq <= this.lastSeq) throw new Error(`Record ${seq} stands behind ${this.lastSeq}`);
    const before = this.#last.get(`${writer} ${kind}`);
    if (before !== undefined && index !== nextIndexOf(kind, before.index)) {
      this.#holes.push({ before, behind: record });
    }
    this.#last.set(`${writer} ${kind}`, record);
    this.#seqs[kind].push(seq);
    this.lastSeq = seq;
    this.count++;
  }

  /** The oldest number of a kind that retention keeps; what stands before may be there or not. */
  keptFrom(kind: RecordKind): number {
    return this.#seqs[kind].at(-(this.#kept[kind] ?? Infinity)) ?? 0;
  }

  /**
   * Throws where something is missing that retention keeps, or is there again since `before`. Retention
   * may be half way through: of several segments it takes one after the other.
   */
  end(before?: ReadingCheck): void {
    const hole = this.#holes.find(({ before: { kind, seq } }) => seq >= this.keptFrom(kind));
    if (hole !== undefined) throw new Error(`Records are missing: ${JSON.stringify(hole)}`);
    if (before === undefined) return;
    if (this.lastSeq < before.lastSeq) throw new Error(`Nothing stands behind ${this.lastSeq}`);
    for (const kind of RECORD_KINDS) {
      const [then, now] = [before.#seqs[kind], this.#seqs[kind]];
      if (then.length > 0 && now[0]! < then[0]!) {
        throw new Error(`${kind} ${now[0]}, which was removed, is there again`);
      }
      const least = Math.min(then.length, this.#kept[kind] ?? Infinity);
      if (now.length < least) throw new Error(`Only ${now.length} of ${least} ${kind}s are left`);
    }
  }
}
