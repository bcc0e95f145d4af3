/**
 * Appends records to a file: one queue, one write and one sync for everybody who waits.
 *
 * The idea is that of every write-ahead log with group commit: while one batch is being synced, the
 * next one gathers.
 *
 * @module
 */

import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { PapyraError, throwIfAborted } from "../../errors.ts";
import type { Durability } from "../../model/mode.ts";
import {
  ActiveFile,
  SyncFailed,
  type WritePosition,
  type WriterSurroundings,
} from "./active_file.ts";
import type { FileSystem, OpenFile } from "../file_system.ts";
import { LineBatchEncoder } from "../lines/line_batch_encoder.ts";
import { asNotWritten, explainOsError, notWritten } from "../os_error.ts";
import { type RoomCheck, type SealedSegment, Sealer, type SealerOptions } from "./sealer.ts";
import { WriteQueue, type WrittenRange } from "./write_queue.ts";
import type { LogRecord, LogRequest } from "./log_record.ts";

/** What an append log needs. */
export interface AppendLogOptions extends WriterSurroundings, SealerOptions {
  /** Where the file is. */
  readonly fileSystem: FileSystem;
  /** The file's path. */
  readonly path: string;
  /** When a record counts as written. */
  readonly durability: Durability;
  /** Bytes that may wait before callers wait outside. */
  readonly queueBytesMax: number;
  /** Told of sequence numbers that are synced; must not throw. */
  onDurable(seq: number): void;
  /** Told of a batch that was written. */
  onWritten(batch: WrittenBatch): void;
  /** Told how long a sync took. */
  onSynced(seconds: number): void;
}

/** A batch that was written. */
export interface WrittenBatch {
  /** Its records. */
  readonly records: number;
  /** Its bytes. */
  readonly bytes: number;
  /** How long writing it took, without its sync. */
  readonly writeSeconds: number;
}

const BATCH_BYTES_MAX = 4 * 1024 * 1024;

/** A log of records in one file. */
export class AppendLog {
  readonly #options: AppendLogOptions;
  readonly #queue: WriteQueue<LogRecord>;
  readonly #active: ActiveFile;
  readonly #sealer: Sealer;
  readonly #encoder = new LineBatchEncoder();
  #isDraining = false;
  #failure: PapyraError | null = null;
  #unsyncedSeq = 0;
  #syncTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: AppendLogOptions) {
    this.#options = options;
    this.#queue = new WriteQueue(options.queueBytesMax, ({ json }) => json.length);
    // What was told and not yet synced must last, also in a file that was moved away.
    this.#active = new ActiveFile(
      options.fileSystem,
      options.path,
      options,
      () => this.#syncNow(),
    );
    this.#sealer = new Sealer({
      ...options,
      onSealed: (segment) => {
        this.#noteSynced(segment.lastSeq);
        options.onSealed(segment);
      },
    }, this.#active);
  }

  /**
   * Appends records. Resolves once they are as durable as asked.
   *
   * Throws NOT_WRITTEN where they surely are not in the file, UNKNOWN where that cannot be told, and
   * STORE_FAILED after a sync has failed.
   */
  append(records: readonly LogRecord[], signal?: AbortSignal): Promise<WrittenRange> {
    if (this.#failure) return Promise.reject(this.#failure);
    const written = this.#queue.add(records, signal);
    void this.#drain();
    return written;
  }

  /** Resolves once everything appended so far is synced. */
  async flush(signal?: AbortSignal): Promise<void> {
    // An empty request is answered once everything before it is.
    await this.append([], signal);
    await this.#syncNow();
    if (this.#failure) throw this.#failure;
  }

  /**
   * Seals the file, after what waits was written to it; null where it holds no record of ours.
   *
   * Throws NOT_A_STORE where the segment's name is taken, ABORTED where `signal` fires before it is sealed.
   */
  async seal(signal?: AbortSignal): Promise<SealedSegment | null> {
    await this.flush(signal);
    if (!this.#active.isThere) return null;
    const segment = await this.#active.withLock(
      (file) => this.#sealNow(file),
      () => !signal?.aborted,
    );
    if (segment === null) throwIfAborted(signal);
    return segment;
  }

  /** What waits to be written. */
  get waiting(): { readonly records: number; readonly bytes: number } {
    return this.#queue.waiting;
  }

  /** Writes what waits, syncs and closes the file. */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      clearTimeout(this.#syncTimer);
      await this.#active.close();
    }
  }

  async #drain(): Promise<void> {
    if (this.#isDraining) return;
    this.#isDraining = true;
    while (!this.#queue.isEmpty) {
      // One turn of the event loop lets everybody who was just answered join the next batch.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#queue.hasRecords) await this.#writeNext();
      else answer(this.#queue.take(BATCH_BYTES_MAX), 0);
    }
    // At once, with nothing awaited since: whoever comes now starts it again.
    this.#isDraining = false;
  }

  async #writeNext(): Promise<void> {
    try {
      if (this.#failure) throw this.#failure;
      const tellCallers = await this.#active.withLock(
        (file, size) => this.#writeBatch(file, size),
        () => this.#queue.hasRecords,
      );
      tellCallers?.();
    } catch (error) {
      this.#refuse(this.#queue.take(BATCH_BYTES_MAX), error);
    }
  }

  /** Writes what waits, and returns what is to be done once the lock is free. */
  async #writeBatch(file: OpenFile, size: number): Promise<() => void> {
    const found = await this.#active.locate(file, size);
    const takes = await this.#roomIn(file, found);
    // It was sealed: what waits goes into the next file.
    if (takes === null) return () => {};
    // A sealing that failed may have ended the last line.
    const sizeNow = this.#sealer.isLimited ? file.stat().size : size;
    const position = sizeNow === size ? found : await this.#active.locate(file, sizeNow);
    // Taken no sooner than the lock is: until then, requests can be withdrawn.
    const batch = this.#queue.take(BATCH_BYTES_MAX, takes);
    try {
      const firstSeq = await this.#write(file, position, batch);
      return () => answer(batch, firstSeq);
    } catch (error) {
      return () => this.#refuse(batch, error);
    }
  }

  async #roomIn(file: OpenFile, position: WritePosition): Promise<RoomCheck | null> {
    try {
      return await this.#sealer.roomFor(file, position, this.#queue.next);
    } catch (error) {
      throw error instanceof SyncFailed ? this.#fail(error.cause) : error;
    }
  }

  async #sealNow(file: OpenFile): Promise<SealedSegment | null> {
    try {
      return await this.#sealer.seal(file);
    } catch (error) {
      throw error instanceof SyncFailed ? this.#fail(error.cause) : error;
    }
  }

  #refuse(batch: readonly LogRequest[], error: unknown): void {
    const refusal = asNotWritten(error, "open", this.#options.path);
    for (const { reject } of batch) reject(refusal);
  }

  /** Writes a batch under the lock and returns its first sequence number. */
  async #write(
    file: OpenFile,
    position: WritePosition,
    batch: readonly LogRequest[],
  ): Promise<number> {
    assertNumbersLeft(this.#options.path, position, batch);
    this.#encoder.start(position.needsNewline);
    let nextSeq = position.nextSeq;
    for (const { records } of batch) {
      for (const { json } of records) this.#encoder.add(json, nextSeq++);
    }
    const bytes = this.#encoder.bytes;
    this.#active.forget();
    const began = performance.now();
    await this.#appendOrCut(file, bytes, position);
    const writeSeconds = (performance.now() - began) / 1000;
    await this.#syncOrCut(file, bytes, position);
    this.#active.noteWritten(bytes, position.size + bytes.length, nextSeq - 1);
    const records = nextSeq - position.nextSeq;
    this.#options.onWritten({ records, bytes: bytes.length, writeSeconds });
    if (this.#options.durability === "always") this.#options.onDurable(nextSeq - 1);
    else this.#syncLater(nextSeq - 1);
    return position.nextSeq;
  }

  async #appendOrCut(file: OpenFile, bytes: Uint8Array, position: WritePosition): Promise<void> {
    let written = 0;
    try {
      while (written < bytes.length) {
        const count = file.append(bytes.subarray(written));
        if (count <= 0) throw new Error("the file system took nothing");
        written += count;
      }
    } catch (error) {
      const isCut = await this.#cutBack(file, bytes, position.size);
      throw isCut ? notWritten(error, "write", this.#options.path) : this.#unknown("write", error);
    }
  }

  async #syncOrCut(file: OpenFile, bytes: Uint8Array, position: WritePosition): Promise<void> {
    try {
      if (this.#options.durability === "always") await this.#timedSync(file);
      else await this.#active.adopt(file);
    } catch (error) {
      this.#fail(error);
      const isCut = await this.#cutBack(file, bytes, position.size);
      throw isCut ? notWritten(error, "sync", this.#options.path) : this.#unknown("sync", error);
    }
  }

  // Only what this batch wrote may go, and only while nobody else can have written behind it. How much
  // a failed write has written is what the file shows: not every runtime tells.
  async #cutBack(file: OpenFile, batch: Uint8Array, start: number): Promise<boolean> {
    try {
      const written = file.stat().size - start;
      if (written === 0) return true;
      if (!await holdsAt(file, start, batch, written)) return false;
      await file.truncate(start);
      await file.sync();
      return true;
    } catch {
      // The caller gets UNKNOWN with the first error, which is the one that matters.
      return false;
    }
  }

  #syncLater(seq: number): void {
    this.#unsyncedSeq = seq;
    const { durability } = this.#options;
    if (durability === "os" || this.#syncTimer !== undefined) return;
    const intervalMs = Number(durability.slice("interval:".length));
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = undefined;
      // A failed sync is kept as the log's failure, which every later call is told.
      this.#syncNow().catch(() => {});
    }, intervalMs);
  }

  async #syncNow(): Promise<void> {
    const seq = this.#unsyncedSeq;
    const file = this.#active.opened;
    if (seq === 0 || file === null || this.#failure) return;
    try {
      await this.#timedSync(file);
    } catch (error) {
      throw this.#fail(error);
    }
    this.#noteSynced(seq);
  }

  async #timedSync(file: OpenFile): Promise<void> {
    const began = performance.now();
    await this.#active.sync(file);
    this.#options.onSynced((performance.now() - began) / 1000);
  }

  #noteSynced(seq: number): void {
    if (this.#unsyncedSeq <= seq) this.#unsyncedSeq = 0;
    this.#options.onDurable(seq);
  }

  #fail(cause: unknown): PapyraError {
    const { path } = this.#options;
    this.#failure = new PapyraError(
      "STORE_FAILED",
      `Cannot write "${path}" any more: a sync failed, ${
        explainOsError(cause, path)
      }; check the disk, then open the store again`,
      { file: path, cause },
    );
    return this.#failure;
  }

  #unknown(action: string, cause: unknown): PapyraError {
    const { path } = this.#options;
    return new PapyraError(
      "UNKNOWN",
      `Cannot ${action} "${path}": ${
        explainOsError(cause, path)
      }; whether the records are there cannot be told`,
      { file: path, cause },
    );
  }
}

// What somebody made up may leave no number that is exact and was never given before.
function assertNumbersLeft(
  file: string,
  { nextSeq }: WritePosition,
  batch: readonly LogRequest[],
): void {
  const count = batch.reduce((sum, { records }) => sum + records.length, 0);
  // Sums beyond the limit would be rounded, differences are not.
  if (nextSeq <= Number.MAX_SAFE_INTEGER - count + 1) return;
  throw new PapyraError(
    "NOT_WRITTEN",
    `Cannot write "${file}": a record, a checkpoint or state.json says that its numbers are used up; move the store away and begin a new one, nothing was written`,
    { file },
  );
}

function answer(batch: readonly LogRequest[], firstSeq: number): void {
  let seq = firstSeq;
  for (const { records, resolve } of batch) {
    const count = records.length;
    resolve({ firstSeq: seq, lastSeq: seq + count - 1, count });
    seq += count;
  }
}

/** Whether the first `length` of `bytes` stand at `start`. */
async function holdsAt(
  file: OpenFile,
  start: number,
  bytes: Uint8Array,
  length: number,
): Promise<boolean> {
  if (length < 0 || length > bytes.length) return false;
  const there = new Uint8Array(length);
  const count = await file.read(there, start);
  return count === length && there.every((byte, index) => byte === bytes[index]);
}
