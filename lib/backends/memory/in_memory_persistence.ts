/**
 * A store in memory, for tests and for systems that need no records of an earlier run.
 *
 * @module
 */

import type {
  Acknowledgement,
  BackendCapabilities,
  CallOptions,
  CompactionOptions,
  ProgressOptions,
  ScanOptions,
} from "../../backend/backend.ts";
import type { CheckedFollow } from "../../backend/checked_follow.ts";
import type { CheckedQuery } from "../../backend/checked_query.ts";
import type { CheckedRecovery } from "../../backend/checked_recovery.ts";
import { FollowCursor } from "../../backend/follow_cursor.ts";
import { type EncodedRecord, PersistenceBase } from "../../backend/persistence_base.ts";
import type { RawPrimitives } from "../../backend/raw_store.ts";
import { PapyraError, throwIfAborted } from "../../errors.ts";
import { measureByReading } from "../../backend/measure_by_reading.ts";
import type { MeasuredStore } from "../../backend/store_metrics.ts";
import { addShares, type KeptTotals, type MetricsShare, NO_TOTALS } from "../../metrics/share.ts";
import type { StoredRecord } from "../../model/record.ts";
import type {
  CompactionReport,
  Receipt,
  RecoveryPlan,
  RecoveryReport,
  ScanReport,
  StoreDescription,
} from "../../model/report.ts";
import type { RetentionPolicy } from "../../model/retention.ts";
import { LINE_LIMITS_TEXT } from "../../storage/format.ts";
import { fitsLine } from "../../storage/lines/line_batch_encoder.ts";
import { planCompaction } from "./memory_compaction.ts";
import { keptNewestFirst, type MemoryEntry, toEntry, toRecord } from "./memory_entry.ts";
import { recordsBehind, WakeUp } from "./memory_follow.ts";
import { MemoryTally } from "./memory_tally.ts";
import { RawMemory } from "./raw_memory.ts";

const READ_BATCH_RECORDS = 256;
const RECEIPTS_MAX = 1000;

/**
 * Keeps records in memory, by the same contract as every other backend: the same order, the same
 * numbers, the same retention. They are gone with the process, and no two stores share any.
 *
 * @example
 * ```ts
 * import { InMemoryPersistence } from "@papyra/papyra";
 *
 * await using store = new InMemoryPersistence({ retention: { maxRecords: 1000 } });
 * await store.recordDeadLetter({ target: "local://7", messageType: "Ping" });
 * const letters = await store.listDeadLetters();
 * console.log(letters.length); // 1
 * ```
 */
export class InMemoryPersistence extends PersistenceBase {
  /** Name of the backend's class. */
  readonly name = "InMemoryPersistence";
  /** Every store in memory is at the same place: nowhere. */
  readonly location = "memory:";

  // Only ever appended to or replaced whole, so a reader that keeps the array and its length has a
  // consistent look.
  #entries: MemoryEntry[] = [];
  #lastSeq = 0;
  readonly #appended = new WakeUp();
  #receipts: Receipt[] = [];
  readonly #rawMemory = new RawMemory({
    entries: () => this.#entries,
    lastSeq: () => this.#lastSeq,
    writeReceipt: (operation, details) => this.#writeReceipt(operation, this.now(), details),
  });
  #totals: KeptTotals = NO_TOTALS;

  /** Everything but to outlive the process. */
  backendCapabilities(): BackendCapabilities {
    return {
      scan: true,
      recover: true,
      compact: true,
      metrics: true,
      durable: false,
      sequenced: true,
      history: true,
      rotate: false,
      follow: true,
    };
  }

  /** Keeps the records; they are as safe as the process at once. */
  protected _append(records: readonly EncodedRecord[]): Promise<Acknowledgement> {
    if (!records.every((record) => fitsLine(record.json))) {
      return Promise.reject(
        new PapyraError(
          "RECORD_TOO_LARGE",
          `Cannot record: the record takes more than ${LINE_LIMITS_TEXT}; make its payload smaller`,
        ),
      );
    }
    const firstSeq = this.#lastSeq + 1;
    for (const record of records) {
      const entry = toEntry(record, ++this.#lastSeq);
      this.#entries.push(entry);
      this.count("bytes_written", entry.bytes);
    }
    this.#appended.call();
    return Promise.resolve({ firstSeq, lastSeq: this.#lastSeq, count: records.length });
  }

  /** Reads what is there when the first batch is asked for. */
  protected async *_read(query: CheckedQuery): AsyncGenerator<readonly StoredRecord[]> {
    const entries = this.#entries;
    const kept = keptNewestFirst(entries, entries.length, query);
    if (query.reverse) {
      yield* inBatches(found(kept, query));
    } else if (query.limit === Infinity) {
      yield* inBatches(found(Array.from(kept).reverse(), query));
    } else {
      yield* inBatches(Array.from(found(kept, query)).reverse());
    }
  }

  /** Yields what is there at the first look, then what each look finds behind the one before it. */
  protected override async *_follow(
    query: CheckedFollow,
  ): AsyncGenerator<readonly StoredRecord[]> {
    const cursor = new FollowCursor(this.location, query.afterSeq);
    let seen = this.#lastSeq;
    if (seen > 0) cursor.assertReached(seen);
    cursor.skipTo(seen);
    yield* this._read(query.first);
    for (;;) {
      yield [];
      while (this.#lastSeq === seen) await this.#appended.called(query.signal);
      seen = this.#lastSeq;
      cursor.assertReached(seen);
      const records = recordsBehind(this.#entries, cursor.lastSeq, query);
      cursor.skipTo(seen);
      yield* inBatches(records);
    }
  }

  /** The records' texts. */
  protected override _raw(): RawPrimitives | null {
    return this.#rawMemory;
  }

  /** Counts what there is; nothing can be damaged. */
  protected _scan(options: ScanOptions): Promise<ScanReport> {
    const startedAt = this.now();
    const all = new MemoryTally();
    const records = { event: 0, audit: 0, dead_letter: 0 };
    for (const entry of this.#entries) {
      all.add(entry);
      records[entry.kind]++;
    }
    options.onProgress?.(all.bytes, all.bytes);
    throwIfAborted(options.signal);
    return Promise.resolve({
      backend: this.name,
      store: this.location,
      exists: this.#lastSeq > 0,
      healthy: true,
      anomalies: [],
      anomalyCounts: {},
      anomaliesTotal: 0,
      detailsTruncated: false,
      records,
      recordsOfUnknownKind: 0,
      foreignLines: 0,
      rewrittenLines: 0,
      bytes: all.bytes,
      reused: null,
      damagedBytes: 0,
      seqs: all.seqs,
      timestamps: all.timestamps,
      startedAt,
      durationSeconds: this.now() - startedAt,
    });
  }

  /** There is never anything to mend. */
  protected async _planRecovery(
    recovery: CheckedRecovery,
    options: ProgressOptions,
  ): Promise<RecoveryPlan> {
    const scan = await this._scan(options);
    return { mode: recovery.mode, scan, changes: false, steps: [] };
  }

  /** Scans, finds nothing to mend, and scans again. */
  protected async _recover(
    recovery: CheckedRecovery,
    options: ProgressOptions,
  ): Promise<RecoveryReport> {
    const before = await this._scan(options);
    const after = await this._scan(options);
    return {
      backend: this.name,
      store: this.location,
      mode: recovery.mode,
      changed: false,
      before,
      after,
      removedRanges: 0,
      removedBytes: 0,
      removed: [],
      unstored: "",
      kept: [],
      leftoversRemoved: [],
      receipt: null,
      durationSeconds: this.now() - before.startedAt,
    };
  }

  /** Forgets what `retention` has expired. */
  protected _compact(
    retention: RetentionPolicy,
    options: CompactionOptions,
  ): Promise<CompactionReport> {
    if (options.compress !== undefined) {
      const message = `Cannot compress ${this.location}: ${this.name} has no segments`;
      return Promise.reject(new PapyraError("UNSUPPORTED", message));
    }
    const startedAt = this.now();
    const { kept, figures } = planCompaction(this.#entries, retention, startedAt);
    options.onProgress?.(figures.beforeBytes, figures.beforeBytes);
    throwIfAborted(options.signal);
    const dryRun = options.dryRun ?? false;
    const changed = !dryRun && figures.removedRecords > 0;
    let receipt: string | null = null;
    if (changed) {
      this.#entries = [...kept];
      receipt = this.#writeReceipt("compact", startedAt, { retention, ...figures });
    }
    return Promise.resolve({
      backend: this.name,
      store: this.location,
      dryRun,
      changed,
      ...figures,
      damagedLines: 0,
      compression: null,
      receipt,
      durationSeconds: this.now() - startedAt,
    });
  }

  /** Yields the last thousand receipts. */
  protected async *_history(_options: CallOptions): AsyncGenerator<Receipt> {
    yield* structuredClone(this.#receipts);
  }

  /** Adds up what there is. */
  protected _describe(): Promise<StoreDescription> {
    return Promise.resolve({
      backend: this.name,
      store: this.location,
      exists: this.#lastSeq > 0,
      bytes: this.#entries.reduce((sum, entry) => sum + entry.bytes, 0),
      segments: null,
      freeBytes: null,
    });
  }

  /** Has nothing to sync. */
  protected _flush(): Promise<void> {
    return Promise.resolve();
  }

  /** Forgets everything. */
  protected _close(): Promise<void> {
    this.#entries = [];
    return Promise.resolve();
  }

  /** Looks at what there is. */
  protected override async _measure(): Promise<MeasuredStore> {
    return await measureByReading(await this._describe(), [this.#entries]);
  }

  /** The counts so far. */
  protected _loadMetrics(): Promise<KeptTotals> {
    return Promise.resolve(this.#totals);
  }

  /** Adds to the counts. */
  protected _addMetrics(share: MetricsShare): Promise<boolean> {
    const { since, restarts } = this.#totals;
    const sum = addShares(this.#totals, share);
    const isFirst = since === null;
    this.#totals = {
      ...sum,
      state: "kept",
      reason: null,
      since: isFirst ? this.now() : since,
      restarts,
    };
    return Promise.resolve(true);
  }

  /** Starts the counts anew. */
  protected _resetMetrics(): Promise<void> {
    this.#totals = { ...this.#totals, counts: {}, since: this.now() };
    return Promise.resolve();
  }

  #writeReceipt(operation: string, at: number, details: Receipt["details"]): string {
    const id = crypto.randomUUID();
    const receipt = { id, at, operation, outcome: "done", details } as const;
    this.#receipts.push(structuredClone(receipt));
    if (this.#receipts.length > RECEIPTS_MAX) this.#receipts.shift();
    return id;
  }
}

function* found(entries: Iterable<MemoryEntry>, query: CheckedQuery): Generator<StoredRecord> {
  let left = query.limit;
  if (left === 0) return;
  for (const entry of entries) {
    const record = toRecord(entry);
    if (!query.matches(record)) continue;
    yield record;
    if (--left === 0) return;
  }
}

async function* inBatches(records: Iterable<StoredRecord>): AsyncGenerator<StoredRecord[]> {
  let batch: StoredRecord[] = [];
  for (const record of records) {
    batch.push(record);
    if (batch.length < READ_BATCH_RECORDS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
