/**
 * Writes what is copied, one batch while the next is read, and notes now and then how far that is.
 *
 * @module
 */

import type { PersistenceBackend } from "../backend/backend.ts";
import type { RawMaintenance, RawRecord, RawStore } from "../backend/raw_store.ts";
import type { RecordKind } from "../model/record.ts";
import type { CountByKind } from "../model/report.ts";
import type { Cursors } from "./copy_cursor.ts";
import { type CopyNote, type CopyPeriod, notesText } from "./copy_notes.ts";
import type { CopyPlan } from "./copy_plan.ts";

/** What the notes of a copy say. */
export interface CopyTarget {
  readonly store: PersistenceBackend;
  readonly raw: RawStore;
  readonly maintenance: RawMaintenance;
  readonly plan: CopyPlan;
  readonly sourceId: string;
  readonly kinds: ReadonlySet<RecordKind>;
  readonly period: CopyPeriod;
}

const NOTE_INTERVAL_MS = 1000;

/** Writes to the target of a copy. */
export class CopyWriter {
  readonly #target: CopyTarget;
  readonly #copied = { event: 0, audit: 0, dead_letter: 0 };
  #cursors: Cursors;
  #writing: Promise<void> = Promise.resolve();
  #notedAt = performance.now();

  /** @param cursors how far the source is copied */
  constructor(target: CopyTarget, cursors: Cursors) {
    this.#target = target;
    this.#cursors = cursors;
  }

  /** Records that are written for sure, by kind. */
  get copied(): CountByKind {
    return this.#copied;
  }

  /** How far the source is copied for sure. */
  get cursors(): Cursors {
    return this.#cursors;
  }

  /** Takes a batch that reaches up to `cursors`, once the one before it is written. */
  async write(records: readonly RawRecord[], cursors: Cursors): Promise<void> {
    await this.#writing;
    if (performance.now() - this.#notedAt >= NOTE_INTERVAL_MS) await this.note();
    this.#writing = this.#append(records, cursors);
    // Whoever writes next is told.
    this.#writing.catch(() => {});
  }

  /** Waits for what is on its way, and notes how far that came. */
  async finish(): Promise<void> {
    await this.#writing;
    await this.note();
  }

  /** The same where something failed already; what cannot be noted is found again by its content. */
  async giveUp(): Promise<void> {
    try {
      await this.finish();
    } catch {
      // What failed first is what counts. Behind a write that failed nothing is noted.
    }
  }

  /** Notes how far it came. Nothing may be on its way. */
  async note(): Promise<void> {
    const { store, raw, maintenance, plan, sourceId, kinds, period } = this.#target;
    // A note must not outlive what it speaks of.
    await store.flush();
    const ends = await raw.ends();
    const changed = [...kinds].map((kind): CopyNote => ({
      source: sourceId,
      kind,
      ...period,
      cursor: this.#cursors[kind],
      begin: plan.kinds[kind].begin,
      target: ends[kind],
    }));
    await maintenance.writeNotes(notesText(plan.notes, changed));
    this.#notedAt = performance.now();
  }

  async #append(records: readonly RawRecord[], cursors: Cursors): Promise<void> {
    await this.#target.raw.append(records);
    this.#cursors = cursors;
    for (const { kind } of records) this.#copied[kind]++;
  }
}
