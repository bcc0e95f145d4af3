/**
 * Notes in `state.json`, now and then, up to where records are synced.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";
import type { Sidecar } from "../../storage/sidecar.ts";

const INTERVAL_MS = 1000;

/** Gathers the notes of one writer. */
export class DurableSeqNotes {
  readonly #sidecar: Sidecar;
  #seq = 0;
  #noted = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(sidecar: Sidecar) {
    this.#sidecar = sidecar;
  }

  /** Records up to `seq` are synced. */
  note(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // One at a time: the last one is over when all are, which is what closing waits for.
      this.#saving = this.#saving.then(() => this.#save());
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  /** Writes the last note. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saving;
    await this.#save();
  }

  // The note is a cache, and the data itself shows what is missing: failing to write it loses nothing.
  async #save(): Promise<void> {
    const seq = this.#seq;
    if (seq <= this.#noted) return;
    try {
      await this.#sidecar.raiseDurableSeq(seq);
      this.#noted = seq;
    } catch {
      // Tried again with the next note.
    }
  }
}
