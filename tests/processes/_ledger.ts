/**
 * What writers were told is durable, and whether it is there.
 *
 * @module
 */

import { JsonFilePersistence } from "../../mod.ts";
import { assert, assertEquals } from "../_assert.ts";
import { originOf } from "./_records.ts";

/** What a reading of the store showed. */
export interface Survey {
  /** How many records it holds. */
  readonly records: number;
  /** Acknowledged audits that it does not hold. */
  readonly missingAudits: readonly number[];
}

/** Everything that was acknowledged. */
export class Ledger {
  /** How many records that is. */
  count = 0;
  readonly #seqs = new Map<number, number[]>();

  /** Takes a writer's line, `INDEX FIRST_SEQ COUNT`. */
  take(writer: number, line: string): void {
    const [index, firstSeq, count] = line.split(" ").map(Number) as [number, number, number];
    const seqs = this.#seqs.get(writer) ?? [];
    this.#seqs.set(writer, seqs);
    for (let offset = 0; offset < count; offset++) seqs[index + offset] = firstSeq + offset;
    this.count += count;
  }

  /**
   * Reads the store: numbers rise, nothing stands twice, and every acknowledged record stands under
   * its number; only audits may be missing, the oldest ones, because the tests' retention limits them.
   */
  async survey(path: string): Promise<Survey> {
    await using store = new JsonFilePersistence(path);
    const unseen = new Map([...this.#seqs].map(([writer, seqs]) => [writer, seqs.slice()]));
    const seenAudits: number[] = [];
    let records = 0;
    let last = 0;
    for await (const record of store.records()) {
      const { writer, index } = originOf(record);
      const seq = record.seq!;
      assert(seq > last, `${seq} stands behind ${last}`);
      const acknowledged = this.#seqs.get(writer)?.[index];
      if (acknowledged !== undefined) {
        assertEquals(seq, acknowledged, `record ${index} of writer ${writer}`);
        // A second one would have this number too, and numbers rise.
        delete unseen.get(writer)![index];
      }
      if (record.kind === "audit") seenAudits.push(seq);
      last = seq;
      records++;
    }
    return { records, missingAudits: onlyOldAudits(unseen, seenAudits[0] ?? Infinity) };
  }
}

function onlyOldAudits(unseen: ReadonlyMap<number, number[]>, oldestAudit: number): number[] {
  const missing: number[] = [];
  for (const [writer, seqs] of unseen) {
    seqs.forEach((seq, index) => {
      const isRetired = index % 10 === 0 && seq < oldestAudit;
      assert(isRetired, `acknowledged record ${index} of writer ${writer}, number ${seq}, is gone`);
      missing.push(seq);
    });
  }
  return missing;
}
