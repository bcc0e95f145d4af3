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

/** The records of one kind that a reading showed. */
export interface KindReading {
  /** How many there are. */
  readonly count: number;
  /** The number of the oldest; Infinity where there is none. */
  readonly oldest: number;
}

/** Follows one reading: numbers rise, and no writer's records miss one in between. */
export class ReadingCheck {
  /** How many records there were. */
  count = 0;
  /** The last number. */
  lastSeq = 0;
  readonly #last = new Map<string, number>();
  readonly #kinds = new Map<RecordKind, { count: number; readonly oldest: number }>();

  /** Takes in the next record; throws where it should not stand here. */
  take({ kind, seq, writer, index }: PlacedRecord): void {
    if (seq <= this.lastSeq) throw new Error(`Record ${seq} stands behind ${this.lastSeq}`);
    const last = this.#last.get(`${writer} ${kind}`);
    if (last !== undefined && index !== nextIndexOf(kind, last)) {
      throw new Error(`${kind} ${index} of writer ${writer}, number ${seq}, follows ${last}`);
    }
    this.#last.set(`${writer} ${kind}`, index);
    const found = this.#kinds.get(kind);
    if (found === undefined) this.#kinds.set(kind, { count: 1, oldest: seq });
    else found.count++;
    this.lastSeq = seq;
    this.count++;
  }

  /** What there was of a kind. */
  of(kind: RecordKind): KindReading {
    return this.#kinds.get(kind) ?? { count: 0, oldest: Infinity };
  }

  /** Throws where something is gone since `before` that retention keeps, or is there again. */
  assertFollows(before: ReadingCheck, kept: Kept): void {
    if (this.lastSeq < before.lastSeq) throw new Error(`Nothing stands behind ${this.lastSeq}`);
    for (const kind of RECORD_KINDS) {
      const [then, now] = [before.of(kind), this.of(kind)];
      if (now.oldest < then.oldest && then.count > 0) {
        throw new Error(`${kind} ${now.oldest}, which was removed, is there again`);
      }
      const least = Math.min(then.count, kept[kind] ?? Infinity);
      if (now.count < least) throw new Error(`Only ${now.count} of ${least} ${kind}s are left`);
    }
  }
}
