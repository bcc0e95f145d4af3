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
  readonly #refused = new Set<string>();
  #acknowledged: readonly Acknowledged[] = [];

  /** A record is about to be written. */
  submit(name: string): void {
    this.#submitted.add(name);
  }

  /** A record is written. */
  acknowledge(record: Acknowledged): void {
    if (this.#acknowledged.some(({ seq }) => seq === record.seq)) {
      throw new Error(`number ${record.seq} was given a second time, to ${record.name}`);
    }
    this.#acknowledged = [...this.#acknowledged, record];
  }

  /** A writer was told that a record surely is not written. */
  refuse(name: string): void {
    this.#refused.add(name);
  }

  /** A power cut may not take the records of these names away any more. */
  settle(names: ReadonlySet<string>): void {
    this.#acknowledged = this.#acknowledged.map((record) =>
      names.has(record.name) ? { ...record, isDurable: true } : record
    );
  }

  /** Names of records that were about to be written so far. */
  get submitted(): ReadonlySet<string> {
    return new Set(this.#submitted);
  }

  /** Names of records that were refused so far. */
  get refused(): ReadonlySet<string> {
    return new Set(this.#refused);
  }

  /** Those acknowledged so far. */
  get acknowledged(): readonly Acknowledged[] {
    return this.#acknowledged;
  }

  /**
   * Throws where `read`, all events and audits of a store in order, is not what was written: `promised`
   * once and in order, and nothing that nobody wrote or that was `refused`. Older audits may have been
   * compacted away.
   */
  check(
    read: readonly StoredRecord[],
    promised: readonly Acknowledged[],
    refused: ReadonlySet<string> = this.#refused,
  ): void {
    const seqs = new Map<string, number | null>();
    let last = 0;
    for (const { systemId: name, seq } of read) {
      if (!this.#submitted.has(name)) throw new Error(`${name} was never written`);
      if (refused.has(name)) throw new Error(`${name} was refused as not written`);
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
