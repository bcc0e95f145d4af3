/**
 * Records in batches, several on the way at once, acknowledged in order.
 *
 * @module
 */

import type { Acknowledgement, PersistenceBackend } from "../backend/backend.ts";
import { PapyraError } from "../errors.ts";
import type { RecordInput } from "../model/record.ts";

/** A record that the store has acknowledged. */
export interface LineAcknowledgement {
  /** The line of input that held it. */
  readonly line: number;
  /** Its sequence number; null where the backend gives none. */
  readonly seq: number | null;
}

/** What becomes of acknowledgements; the next batch waits for it. */
export type AcknowledgementCallback = (
  acknowledged: readonly LineAcknowledgement[],
) => void | Promise<void>;

// More on the way at once is no faster, and what lines were parsed to takes memory until it is collected.
const BATCH_RECORDS_MAX = 500;
const BATCH_BYTES_MAX = 2 ** 20;
const BATCHES_IN_FLIGHT_MAX = 4;

interface Batch {
  readonly lines: number[];
  readonly records: RecordInput[];
  bytes: number;
}

/** Sends records to a store. */
export class BatchSender {
  readonly #store: PersistenceBackend;
  readonly #onAcknowledged: AcknowledgementCallback;
  readonly #signal: AbortSignal | undefined;
  readonly #failing = new AbortController();
  readonly #withdrawing = new AbortController();
  readonly #withdrawn: AbortSignal;
  readonly #inFlight: Promise<boolean>[] = [];
  #batch: Batch = emptyBatch();
  #last: Promise<boolean> = Promise.resolve(true);

  /** @param onAcknowledged called for each batch, in order */
  constructor(
    store: PersistenceBackend,
    onAcknowledged: AcknowledgementCallback,
    signal: AbortSignal | undefined,
  ) {
    this.#store = store;
    this.#onAcknowledged = onAcknowledged;
    this.#signal = signal;
    const { signal: withdrawn } = this.#withdrawing;
    this.#withdrawn = signal === undefined ? withdrawn : AbortSignal.any([signal, withdrawn]);
  }

  /** Fires with the first failure, so that nobody goes on waiting for more input. */
  get failed(): AbortSignal {
    return this.#failing.signal;
  }

  /** Takes a record; waits while too much is on the way. Throws what a batch before it threw. */
  async add(line: number, record: RecordInput, bytes: number): Promise<void> {
    this.#batch.lines.push(line);
    this.#batch.records.push(record);
    this.#batch.bytes += bytes;
    if (this.#batch.records.length < BATCH_RECORDS_MAX && this.#batch.bytes < BATCH_BYTES_MAX) {
      return;
    }
    if (this.#inFlight.length >= BATCHES_IN_FLIGHT_MAX) await this.#inFlight[0];
    this.#throwFailure();
    this.#send();
  }

  /** Sends what was taken so far, unless so much is on the way that a fuller batch serves better. */
  sendSoon(): void {
    this.#throwFailure();
    if (this.#inFlight.length < BATCHES_IN_FLIGHT_MAX) this.#send();
  }

  /** Sends the rest and resolves once everything is acknowledged. Throws the first failure. */
  async finish(): Promise<void> {
    if (!this.failed.aborted && !this.#signal?.aborted) this.#send();
    await this.#last;
    this.#throwFailure();
  }

  #send(): void {
    const batch = this.#batch;
    if (batch.records.length === 0) return;
    this.#batch = emptyBatch();
    const writing = this.#store.recordMany(batch.records, { signal: this.#withdrawn });
    this.#last = this.#settle(batch.lines, writing, this.#last);
    this.#inFlight.push(this.#last);
  }

  /** Whether this batch and all before it were acknowledged. */
  async #settle(
    lines: readonly number[],
    writing: Promise<Acknowledgement>,
    before: Promise<boolean>,
  ): Promise<boolean> {
    try {
      const located = writing.catch((error) => {
        throw positioned(error, lines);
      });
      const [{ firstSeq }, isWell] = await Promise.all([located, before]);
      // An acknowledgement behind a failure would be taken for that of the lines that failed.
      if (!isWell) return false;
      await this.#onAcknowledged(
        lines.map((line, index) => ({ line, seq: firstSeq === null ? null : firstSeq + index })),
      );
      return true;
    } catch (error) {
      this.#failing.abort(error);
      await before;
      // Nothing behind a batch that failed is to be written, as far as it still waits.
      this.#withdrawing.abort(error);
      return false;
    } finally {
      this.#inFlight.shift();
    }
  }

  #throwFailure(): void {
    if (this.failed.aborted) throw this.failed.reason;
  }
}

function emptyBatch(): Batch {
  return { lines: [], records: [], bytes: 0 };
}

function positioned(error: unknown, lines: readonly number[]): unknown {
  if (!(error instanceof PapyraError) || error.code === "ABORTED") return error;
  const [first, last] = [lines[0]!, lines.at(-1)!];
  const range = first === last ? `line ${first}` : `lines ${first} to ${last}`;
  return new PapyraError(error.code, `Cannot ingest ${range}: ${error.message}`, {
    cause: error,
    line: first,
    ...(error.file === undefined ? {} : { file: error.file }),
    ...(error.offset === undefined ? {} : { offset: error.offset }),
  });
}
