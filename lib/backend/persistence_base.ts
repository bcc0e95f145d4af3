/**
 * What every backend shares: validation, lifecycle, counting. A backend is this class and the few
 * primitives whose names begin with an underscore, which get checked arguments only.
 *
 * @module
 */

import type { CounterName, MetricsSnapshot } from "../metrics/snapshot.ts";
import {
  type AuditInput,
  type AuditRecord,
  type DeadLetterInput,
  type DeadLetterRecord,
  type EventInput,
  type EventRecord,
  RECORD_KINDS,
  type RecordInput,
  type RecordKind,
  type RecordOf,
  type StoredRecord,
} from "../model/record.ts";
import type {
  CompactionReport,
  Receipt,
  RecoveryPlan,
  RecoveryReport,
  RotationReport,
  ScanReport,
  StoreDescription,
} from "../model/report.ts";
import { type RetentionPolicy, validateRetention } from "../model/retention.ts";
import { encodeRecord } from "../model/wire.ts";
import type {
  Acknowledgement,
  BackendCapabilities,
  CallOptions,
  CompactionOptions,
  DescribeOptions,
  FollowQuery,
  MaintenanceOptions,
  PersistenceBackend,
  ProgressOptions,
  RecordQuery,
  RecordStream,
  RecoveryConfig,
  ScanOptions,
  StoreMetrics,
} from "./backend.ts";
import { type CheckedFollow, checkFollow } from "./checked_follow.ts";
import { type CheckedQuery, checkQuery } from "./checked_query.ts";
import { type CheckedRecovery, checkRecovery } from "./checked_recovery.ts";
import { assertShare } from "./checked_scan.ts";
import { guardedRaw } from "./guarded_raw.ts";
import { leavable } from "./leavable.ts";
import { Lifecycle } from "./lifecycle.ts";
import { MetricsKeeper } from "./metrics_keeper.ts";
import { type EncodedRecord, RAW_STORE, type RawPrimitives, type RawStore } from "./raw_store.ts";
import { collect, eachRecord, recordStream, type StreamedStore } from "./record_stream.ts";
import { assertNumbered, cannotFollow, cannotRotate } from "./unsupported.ts";

export type { EncodedRecord } from "./raw_store.ts";

/** What every backend can be given. */
export interface PersistenceOptions {
  /** What reads keep and compaction leaves. @default {{}} (everything) */
  readonly retention?: RetentionPolicy;
  /** The clock, in Unix seconds. @default {the system's} */
  readonly clock?: () => number;
}

/**
 * Base class of all backends. A primitive that a backend cannot serve throws UNSUPPORTED, and
 * `backendCapabilities()` denies it. `InMemoryPersistence` is the smallest to start from.
 */
export abstract class PersistenceBase implements PersistenceBackend {
  /** Name of the backend's class. */
  abstract readonly name: string;
  /** Where the store is; never with a password. */
  abstract readonly location: string;
  /** What reads keep and compaction leaves. */
  readonly retention: RetentionPolicy;
  /** The store's counters. */
  readonly metrics: StoreMetrics;

  /** The clock, in Unix seconds. */
  protected readonly now: () => number;
  readonly #metrics: MetricsKeeper;
  readonly #life = new Lifecycle(() => this.location);
  readonly #streamed: StreamedStore;

  /** Checks the options. Throws INVALID_ARGUMENT. */
  constructor(options: PersistenceOptions = {}) {
    this.retention = structuredClone(options.retention ?? {});
    validateRetention(this.retention);
    this.now = options.clock ?? (() => Date.now() / 1000);
    this.#metrics = new MetricsKeeper({
      load: () => this._loadMetrics(),
      add: (share) => this._addMetrics(share),
      reset: () => this._resetMetrics(),
    });
    this.#streamed = { life: this.#life, metrics: this.#metrics };
    this.metrics = {
      snapshot: () => this.#life.run(() => this.#metrics.snapshot()),
      reset: () => this.#life.run(() => this.#metrics.reset()),
    };
  }

  /** What this backend can do. */
  abstract backendCapabilities(): BackendCapabilities;

  /** Appends records in order with one acknowledgement. The order of calls is the order of records. */
  protected abstract _append(
    records: readonly EncodedRecord[],
    signal: AbortSignal | undefined,
  ): Promise<Acknowledgement>;
  /** Yields batches of records that the query asks for, in its order, the limit applied. */
  protected abstract _read(query: CheckedQuery): AsyncIterable<readonly StoredRecord[]>;
  /**
   * Yields batches of the records that are to come first, then of those that are recorded since, until
   * the signal fires. An empty batch says that it waits for the next ones.
   */
  protected _follow(_query: CheckedFollow): AsyncIterable<readonly StoredRecord[]> {
    throw cannotFollow(this);
  }
  /** Looks at the whole store for damage and changes nothing. */
  protected abstract _scan(options: ScanOptions): Promise<ScanReport>;
  /** What a recovery would do. */
  protected abstract _planRecovery(
    recovery: CheckedRecovery,
    options: ProgressOptions,
  ): Promise<RecoveryPlan>;
  /** Mends what a scan finds, then scans again. */
  protected abstract _recover(
    recovery: CheckedRecovery,
    options: MaintenanceOptions,
  ): Promise<RecoveryReport>;
  /** Removes what `retention` has expired. */
  protected abstract _compact(
    retention: RetentionPolicy,
    options: CompactionOptions,
  ): Promise<CompactionReport>;
  /** Yields the changes that maintenance made, oldest first. */
  protected abstract _history(options: CallOptions): AsyncIterable<Receipt>;
  /** What the store is, told without reading all of it. */
  protected abstract _describe(options: DescribeOptions): Promise<StoreDescription>;
  /** Resolves once everything appended so far is synced. */
  protected abstract _flush(): Promise<void>;
  /** Seals the active file. */
  protected _rotate(_signal: AbortSignal | undefined): Promise<RotationReport> {
    return Promise.reject(cannotRotate(this));
  }
  /** Lets go of the store. Called once, when nothing else runs. */
  protected abstract _close(): Promise<void>;
  /** Lets go of what saving the counters for the last time took. Called once, behind everything. */
  protected _release(): Promise<void> {
    return Promise.resolve();
  }
  /** The totals of all processes, without this one's unsaved share. */
  protected abstract _loadMetrics(): Promise<MetricsSnapshot>;
  /** Adds to the totals; false where they cannot be kept now, and the share is to be kept instead. */
  protected abstract _addMetrics(share: MetricsSnapshot): Promise<boolean>;
  /** Sets the totals to zero. */
  protected abstract _resetMetrics(): Promise<void>;

  /** What copies go by; null where the backend does not give records as they are stored. */
  protected _raw(): RawPrimitives | null {
    return null;
  }

  /** The store as a copy sees it; null where the backend cannot be copied. */
  [RAW_STORE](): RawStore | null {
    const raw = this._raw();
    const append = (records: readonly EncodedRecord[]) =>
      this.#life.run(async () =>
        records.length === 0 ? undefined : void await this.#write(records)
      );
    return raw && guardedRaw(raw, append, this.#life);
  }

  /** Records that something happened to an actor. */
  recordEvent(event: EventInput, options: CallOptions = {}): Promise<Acknowledgement> {
    return this.recordMany([{ ...event, kind: "event" }], options);
  }

  /** Records the state of a system. */
  recordAudit(audit: AuditInput, options: CallOptions = {}): Promise<Acknowledgement> {
    return this.recordMany([{ ...audit, kind: "audit" }], options);
  }

  /** Records a message that nobody received. */
  recordDeadLetter(letter: DeadLetterInput, options: CallOptions = {}): Promise<Acknowledgement> {
    return this.recordMany([{ ...letter, kind: "dead_letter" }], options);
  }

  /** Records several, in order, side by side, with one acknowledgement: all of them or none. */
  recordMany(
    records: readonly RecordInput[],
    options: CallOptions = {},
  ): Promise<Acknowledgement> {
    return this.#life.run(async () => {
      // Nothing is awaited before _append: the order of calls is the order of records, and a record
      // that the caller changes afterwards was already taken down.
      const nowSeconds = this.now();
      const encoded = records.map((record) => ({
        json: encodeRecord(record, nowSeconds),
        kind: record.kind,
      }));
      if (encoded.length === 0) return { firstSeq: null, lastSeq: null, count: 0 };
      return await this.#write(encoded, options.signal);
    }, options.signal);
  }

  /** Events, oldest first unless asked otherwise. */
  events(query: RecordQuery<EventRecord> = {}): RecordStream<EventRecord> {
    return this.records(["event"], query);
  }

  /** Audits, oldest first unless asked otherwise. */
  audits(query: RecordQuery<AuditRecord> = {}): RecordStream<AuditRecord> {
    return this.records(["audit"], query);
  }

  /** Dead letters, oldest first unless asked otherwise. */
  deadLetters(query: RecordQuery<DeadLetterRecord> = {}): RecordStream<DeadLetterRecord> {
    return this.records(["dead_letter"], query);
  }

  /** Records of the given kinds (of all, when left out) in the order in which they were written. */
  records<K extends RecordKind = RecordKind>(
    kinds: readonly K[] = RECORD_KINDS as readonly K[],
    query: RecordQuery<RecordOf<K>> = {},
  ): RecordStream<RecordOf<K>> {
    this.#life.assertOpen();
    assertNumbered(this, query);
    return recordStream(this.#streamed, (onSkipped) => {
      const given = query as RecordQuery;
      const checked = checkQuery(kinds, given, this.retention, this.now(), onSkipped);
      const { signal } = checked;
      return () => eachRecord(this.#streamed, { begin: () => this._read(checked), signal });
    });
  }

  /** Records of the given kinds (of all, when left out) as they come. */
  follow<K extends RecordKind = RecordKind>(
    kinds: readonly K[] = RECORD_KINDS as readonly K[],
    query: FollowQuery<RecordOf<K>> = {},
  ): RecordStream<RecordOf<K>> {
    this.#life.assertOpen();
    if (!this.backendCapabilities().follow) throw cannotFollow(this);
    assertNumbered(this, query);
    return recordStream(this.#streamed, (onSkipped) => {
      const given = query as FollowQuery;
      const { retention, now } = this;
      const check = (signal: AbortSignal) =>
        checkFollow(kinds, given, { retention, now, onSkipped, signal });
      check(this.#life.ending);
      return () =>
        leavable((left) => {
          const signal = this.#life.endOf(query.signal, left);
          const begin = () => this._follow(check(signal));
          return eachRecord(this.#streamed, { begin, signal, onCaughtUp: query.onCaughtUp });
        });
    });
  }

  /** {@linkcode PersistenceBase.events} as an array. */
  async listEvents(query: RecordQuery<EventRecord> = {}): Promise<EventRecord[]> {
    return await collect(this.events(query));
  }

  /** {@linkcode PersistenceBase.audits} as an array. */
  async listAudits(query: RecordQuery<AuditRecord> = {}): Promise<AuditRecord[]> {
    return await collect(this.audits(query));
  }

  /** {@linkcode PersistenceBase.deadLetters} as an array. */
  async listDeadLetters(query: RecordQuery<DeadLetterRecord> = {}): Promise<DeadLetterRecord[]> {
    return await collect(this.deadLetters(query));
  }

  /** Looks at the whole store for damage and changes nothing. */
  scan(options: ScanOptions = {}): Promise<ScanReport> {
    return this.#life.run(() => {
      assertShare(options.reverify);
      return this.#metrics.counting("scans", "scan_errors", async () => {
        const report = await this._scan(options);
        this.#metrics.count("anomalies_detected", report.anomaliesTotal);
        return report;
      });
    }, options.signal);
  }

  /** What {@linkcode PersistenceBase.recover} would do. */
  planRecovery(config: RecoveryConfig = {}, options: ProgressOptions = {}): Promise<RecoveryPlan> {
    return this.#life.run(
      () => this._planRecovery(checkRecovery(config), options),
      options.signal,
    );
  }

  /** Mends what a scan finds, then scans again. */
  recover(
    config: RecoveryConfig = {},
    options: MaintenanceOptions = {},
  ): Promise<RecoveryReport> {
    return this.#life.run(() => {
      const recovery = checkRecovery(config);
      const body = () => this._recover(recovery, options);
      return this.#metrics.counting("recoveries", "recovery_errors", body);
    }, options.signal);
  }

  /** Removes what retention has expired. */
  compact(options: CompactionOptions = {}): Promise<CompactionReport> {
    return this.#life.run(() => {
      const retention = options.retention ?? this.retention;
      validateRetention(retention);
      const body = () => this._compact(retention, options);
      return options.dryRun
        ? body()
        : this.#metrics.counting("compactions", "compaction_errors", body);
    }, options.signal);
  }

  /** Seals the active file, so that the next record begins another. */
  rotate(options: CallOptions = {}): Promise<RotationReport> {
    return this.#life.run(() => this._rotate(options.signal), options.signal);
  }

  /** The changes that maintenance made, oldest first. */
  history(options: CallOptions = {}): AsyncIterable<Receipt> {
    this.#life.assertOpen();
    return {
      [Symbol.asyncIterator]: () => this.#life.guard(() => this._history(options), options.signal),
    };
  }

  /** What the store is, told without reading all of it. */
  describe(options: DescribeOptions = {}): Promise<StoreDescription> {
    return this.#life.run(() => this._describe(options), options.signal);
  }

  /** Resolves once everything recorded so far is synced. */
  flush(): Promise<void> {
    return this.#life.run(() => this._flush());
  }

  /** Writes out what waits, syncs and lets go of the store. Idempotent. */
  close(): Promise<void> {
    return this.#life.close(async () => {
      try {
        await this._close();
      } finally {
        await this.#metrics.stop();
        await this._release();
      }
    });
  }

  /** The same as {@linkcode PersistenceBase.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Adds to one of this process's counters. */
  protected count(name: CounterName, amount = 1): void {
    this.#metrics.count(name, amount);
  }

  /** Runs a call that only this backend has; its signal fires with the caller's, and on closing. */
  protected during<T>(
    body: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#life.run(() => body(this.#life.endOf(signal)), signal);
  }

  /** Yields what only this backend does, until it is left, closed or stopped. */
  protected iterating<T>(
    begin: (signal: AbortSignal) => AsyncIterable<T>,
    signal?: AbortSignal,
  ): AsyncIterable<T> {
    this.#life.assertOpen();
    return {
      [Symbol.asyncIterator]: () =>
        leavable((left) => {
          const end = this.#life.endOf(signal, left);
          return this.#life.guard(() => begin(end), end);
        }),
    };
  }

  #write(encoded: readonly EncodedRecord[], signal?: AbortSignal): Promise<Acknowledgement> {
    this.#metrics.start();
    const body = () => this._append(encoded, signal);
    return this.#metrics.counting("records_written", "write_errors", body, encoded.length);
  }
}
