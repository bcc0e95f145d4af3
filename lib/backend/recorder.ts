/**
 * Best-effort recording for actor runtimes, which must go on whatever becomes of their records.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { setTimeout } from "node:timers/promises";
import { type ErrorCode, PapyraError } from "../errors.ts";
import type {
  AuditInput,
  DeadLetterInput,
  EventInput,
  JsonObject,
  RecordInput,
  RecordKind,
} from "../model/record.ts";
import { encodeRecord, inputFromWire } from "../model/wire.ts";
import type { PersistenceBackend } from "./backend.ts";

/** Why a record was given up. */
export type DropReason =
  /** Too many records, or bytes, were waiting. */
  | "queue_full"
  /** It is not a record. */
  | "invalid"
  /** The store did not take it. */
  | "refused"
  /** The store cannot tell whether it was written; writing it again might double it. */
  | "unknown"
  /** The recorder was closed before. */
  | "closed";

/** A record that was given up. */
export interface DroppedRecord {
  /** The record. */
  readonly record: RecordInput;
  /** Why. */
  readonly reason: DropReason;
  /** What went wrong. */
  readonly error: unknown;
}

/** Options of {@linkcode createRecorder}. */
export interface RecorderOptions {
  /** Records that may wait, those being written included. @default {10_000} */
  readonly waitingRecordsMax?: number;
  /** Bytes that may wait, those being written included. @default {16 MiB} */
  readonly waitingBytesMax?: number;
  /** Called for each record given up. What it throws is ignored. */
  readonly onDrop?: (dropped: DroppedRecord) => void;
  /** The clock, in Unix seconds. @default {the system's} */
  readonly clock?: () => number;
}

/** What a recorder did so far. */
export interface RecorderStats {
  /** Records that the store acknowledged. */
  readonly recorded: number;
  /** Records that wait, those being written included. */
  readonly waitingRecords: number;
  /** Bytes that wait, those being written included. */
  readonly waitingBytes: number;
  /** Records given up, by reason. */
  readonly dropped: { readonly [R in DropReason]: number };
  /** Syncs that failed when the recorder was flushed or closed. */
  readonly flushErrors: number;
}

/** Takes records and never lets its caller feel what becomes of them. */
export interface Recorder extends AsyncDisposable {
  /** What it did so far. */
  readonly stats: RecorderStats;
  /** Takes an event. Never throws. */
  event(event: EventInput): void;
  /** Takes an audit. Never throws. */
  audit(audit: AuditInput): void;
  /** Takes a dead letter. Never throws. */
  deadLetter(letter: DeadLetterInput): void;
  /** Resolves once all that was taken so far is written and synced, or given up. Never rejects. */
  flush(): Promise<void>;
  /** Takes no more, then flushes. The store stays open. Idempotent, never rejects. */
  close(): Promise<void>;
}

const BATCH_RECORDS_MAX = 1000;
const ATTEMPTS_MAX = 3;
const RETRY_DELAY_MS = 50;

/**
 * Makes a recorder on top of `store`.
 *
 * Records are taken down when they are emitted and written in that order, a batch at a time. Where
 * the queue is full, the newest is given up. A batch that the store surely did not write
 * (NOT_WRITTEN) is tried three times within a fraction of a second; one of which that cannot be told
 * (UNKNOWN) is not tried again, so that nothing is doubled. A record that the store refuses takes no
 * other one with it.
 *
 * @example
 * ```ts
 * import { createRecorder, InMemoryPersistence } from "@papyra/papyra";
 *
 * await using store = new InMemoryPersistence();
 * const recorder = createRecorder(store, {
 *   onDrop: ({ reason, error }) => console.error("record given up", reason, error),
 * });
 * recorder.event({ eventType: "ActorStarted", actorAddress: "local://1" });
 * await recorder.close();
 * console.log(recorder.stats.recorded); // 1
 * ```
 */
export function createRecorder(
  store: PersistenceBackend,
  options: RecorderOptions = {},
): Recorder {
  return new QueueingRecorder(store, options);
}

interface WaitingRecord {
  readonly json: string;
  readonly bytes: number;
}

class QueueingRecorder implements Recorder {
  readonly #store: PersistenceBackend;
  readonly #waitingRecordsMax: number;
  readonly #waitingBytesMax: number;
  readonly #onDrop: RecorderOptions["onDrop"];
  readonly #now: () => number;
  readonly #dropped = { queue_full: 0, invalid: 0, refused: 0, unknown: 0, closed: 0 };
  #waiting: WaitingRecord[] = [];
  #waitingRecords = 0;
  #waitingBytes = 0;
  #taken = 0;
  #recorded = 0;
  #flushErrors = 0;
  #isWriting = false;
  #batch: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #isTelling = false;

  constructor(store: PersistenceBackend, options: RecorderOptions) {
    this.#store = store;
    this.#waitingRecordsMax = limit(options.waitingRecordsMax ?? 10_000, "waitingRecordsMax");
    this.#waitingBytesMax = limit(options.waitingBytesMax ?? 16 * 2 ** 20, "waitingBytesMax");
    this.#onDrop = options.onDrop;
    this.#now = options.clock ?? (() => Date.now() / 1000);
  }

  get stats(): RecorderStats {
    return {
      recorded: this.#recorded,
      waitingRecords: this.#waitingRecords,
      waitingBytes: this.#waitingBytes,
      dropped: { ...this.#dropped },
      flushErrors: this.#flushErrors,
    };
  }

  event(event: EventInput): void {
    this.#emit("event", event);
  }

  audit(audit: AuditInput): void {
    this.#emit("audit", audit);
  }

  deadLetter(letter: DeadLetterInput): void {
    this.#emit("dead_letter", letter);
  }

  async flush(): Promise<void> {
    const goal = this.#taken;
    while (this.#taken - this.#waitingRecords < goal) await this.#batch;
    try {
      await this.#store.flush();
    } catch {
      this.#flushErrors++;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.flush();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #emit(kind: RecordKind, input: object): void {
    let record = { kind } as RecordInput;
    try {
      record = { ...input, kind } as RecordInput;
      // Taken down at once: the caller may go on to change it.
      const json = encodeRecord(record, this.#now);
      const refusal = this.#enqueue({ json, bytes: Buffer.byteLength(json) });
      if (refusal !== null) this.#drop(record, ...refusal);
    } catch (error) {
      this.#drop(record, "invalid", error);
    }
  }

  #enqueue(record: WaitingRecord): [DropReason, PapyraError] | null {
    if (this.#closing !== undefined) {
      const message = "Cannot record: the recorder was closed";
      return ["closed", new PapyraError("NOT_WRITTEN", message)];
    }
    if (
      this.#waitingRecords + 1 > this.#waitingRecordsMax ||
      this.#waitingBytes + record.bytes > this.#waitingBytesMax
    ) {
      const message =
        `Cannot record: ${this.#waitingRecords} records wait already, raise the maxima`;
      return ["queue_full", new PapyraError("NOT_WRITTEN", message)];
    }
    this.#waiting.push(record);
    this.#taken++;
    this.#waitingRecords++;
    this.#waitingBytes += record.bytes;
    if (!this.#isWriting) void this.#writeAll();
    return null;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    // What is emitted in one go becomes one batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      this.#batch = this.#write(this.#waiting.splice(0, BATCH_RECORDS_MAX));
      await this.#batch;
    }
    this.#isWriting = false;
  }

  async #write(batch: readonly WaitingRecord[]): Promise<void> {
    try {
      await this.#attempt(batch.map(toInput));
      this.#recorded += batch.length;
      this.#release(batch);
    } catch (error) {
      if (isAboutOneRecord(error) && batch.length > 1) {
        const middle = batch.length >> 1;
        await this.#write(batch.slice(0, middle));
        await this.#write(batch.slice(middle));
        return;
      }
      this.#release(batch);
      const reason = isSurelyUnwritten(error) ? "refused" : "unknown";
      for (const record of batch) this.#drop(toInput(record), reason, error);
    }
  }

  async #attempt(records: readonly RecordInput[]): Promise<void> {
    for (let attempt = 1;; attempt++) {
      try {
        await this.#store.recordMany(records);
        return;
      } catch (error) {
        if (codeOf(error) !== "NOT_WRITTEN" || attempt === ATTEMPTS_MAX) throw error;
        await setTimeout(RETRY_DELAY_MS * attempt);
      }
    }
  }

  #release(batch: readonly WaitingRecord[]): void {
    this.#waitingRecords -= batch.length;
    for (const record of batch) this.#waitingBytes -= record.bytes;
  }

  #drop(record: RecordInput, reason: DropReason, error: unknown): void {
    this.#dropped[reason]++;
    this.#store.metrics.countDropped(record.kind, reason);
    // A callback that records what was dropped would call itself for ever.
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      const told: unknown = this.#onDrop?.({ record, reason, error });
      Promise.resolve(told).catch(() => {});
    } catch {
      // The callback is the caller's, and the caller's runtime must go on.
    } finally {
      this.#isTelling = false;
    }
  }
}

function limit(value: number, name: string): number {
  if (value >= 0) return value;
  throw new PapyraError(
    "INVALID_ARGUMENT",
    `Cannot use ${name} ${value}: it must be a number from 0 up`,
  );
}

function toInput(record: WaitingRecord): RecordInput {
  return inputFromWire(JSON.parse(record.json) as JsonObject);
}

function codeOf(error: unknown): ErrorCode | null {
  return error instanceof PapyraError ? error.code : null;
}

function isAboutOneRecord(error: unknown): boolean {
  const code = codeOf(error);
  return code === "INVALID_RECORD" || code === "RECORD_TOO_LARGE";
}

function isSurelyUnwritten(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && code !== "UNKNOWN";
}
