/** What was written by whom, and what must therefore be read. */

import type { StoredRecord } from "../../lib/model/record.ts";

/** A record that its writer was told is written. */
export interface Acknowledged {
  readonly name: string;
  readonly seq: number;
  readonly isAudit: boolean;
  /** Whether a power cut may not take it away. */
  readonly isDurable: boolean;
}

/** Audits that compaction leaves. */
export const AUDITS_KEPT = 2;

/** The notes of one run. A record's name is its `systemId`. */
export class InterleavedLedger {
  readonly #submitted = new Set<string>();
  readonly #acknowledged: Acknowledged[] = [];

  /** A record is about to be written. */
  submit(name: string): void {
    this.#submitted.add(name);
  }

  /** A record is written. */
  acknowledge(record: Acknowledged): void {
    if (this.#acknowledged.some(({ seq }) => seq === record.seq)) {
      throw new Error(`number ${record.seq} was given a second time, to ${record.name}`);
    }
    this.#acknowledged.push(record);
  }

  /** Those acknowledged so far. */
  get acknowledged(): readonly Acknowledged[] {
    return [...this.#acknowledged];
  }

  /**
   * Throws where `read`, all events and audits of a store in order, is not what was written: `promised`
   * once and in order, and nothing that nobody wrote. Older audits may have been compacted away.
   */
  check(read: readonly StoredRecord[], promised: readonly Acknowledged[]): void {
    const seqs = new Map<string, number | null>();
    let last = 0;
    for (const { systemId: name, seq } of read) {
      if (!this.#submitted.has(name)) throw new Error(`${name} was never written`);
      if (seqs.has(name)) throw new Error(`${name} stands there twice`);
      if (seq === null || seq <= last) throw new Error(`${name} is number ${seq} behind ${last}`);
      seqs.set(name, seq);
      last = seq;
    }
    const audits = read.filter(({ kind }) => kind === "audit");
    const keptFrom = audits.at(-AUDITS_KEPT)?.seq ?? 0;
    for (const { name, seq, isAudit } of promised) {
      if (isAudit && seq < keptFrom) continue;
      if (seqs.get(name) !== seq) {
        throw new Error(
          `${name} was acknowledged as ${seq} and is ${seqs.get(name) ?? "not there"}`,
        );
      }
    }
  }
}
