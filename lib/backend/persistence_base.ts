/**
 * What every backend shares: validation, lifecycle, counting. A backend is this class and the few
 * primitives whose names begin with an underscore, which get checked arguments only.
 *
 * @module
 */

import { WRITTEN } from "../metrics/series.ts";
import type { MetricsShare } from "../metrics/share.ts";
import type { CounterName, HistogramName } from "../metrics/snapshot.ts";
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
import { validateRetention } from "../model/retention.ts";
import { encodeRecord } from "../model/wire.ts";
import type { GaugedStore } from "../telemetry/gauged_store.ts";
import { StoreTelemetry } from "../telemetry/store_telemetry.ts";
import { tellFailure } from "../telemetry/traced.ts";
import type {
  Acknowledgement,
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
import { checkFollow } from "./checked_follow.ts";
import { checkQuery } from "./checked_query.ts";
import { checkRecovery } from "./checked_recovery.ts";
import { assertShare } from "./checked_scan.ts";
import { guardedRaw } from "./guarded_raw.ts";
import { CountedRuns, countRemoved } from "./counted_runs.ts";
import { leavable } from "./leavable.ts";
import { Lifecycle } from "./lifecycle.ts";
import { MetricsKeeper } from "./metrics_keeper.ts";
import type { PersistenceOptions } from "./persistence_options.ts";
import { PersistencePrimitives } from "./persistence_primitives.ts";
import { type EncodedRecord, RAW_STORE, type RawStore } from "./raw_store.ts";
import { type OutlineQuery, OUTLINES, type RecordOutline } from "./record_outline.ts";
import { collect, eachRecord, recordStream, type StreamedStore } from "./record_stream.ts";
import { storeMetrics } from "./store_metrics.ts";
import { assertNumbered, cannotFollow } from "./unsupported.ts";

export type { EncodedRecord } from "./raw_store.ts";
export type { PersistenceOptions } from "./persistence_options.ts";

const NOTHING_WRITTEN: Acknowledgement = { firstSeq: null, lastSeq: null, count: 0 };

/**
 * Base class of all backends. A primitive that a backend cannot serve throws UNSUPPORTED, and
 * `backendCapabilities()` denies it. `InMemoryPersistence` is the smallest to start from.
 */
export abstract class PersistenceBase extends PersistencePrimitives implements PersistenceBackend {
  /** The store's metrics. */
  readonly metrics: StoreMetrics;

  readonly #metrics: MetricsKeeper;
  readonly #runs: CountedRuns;
  readonly #life = new Lifecycle(() => this.location);
  readonly #streamed: StreamedStore;

  /** Checks the options. Throws INVALID_ARGUMENT. */
  constructor(options: PersistenceOptions = {}) {
    super(options);
    const isCounting = options.countsMetrics ?? true;
    const totals = {
      load: () => this._loadMetrics(),
      add: (share: MetricsShare) => this._addMetrics(share),
      reset: () => this._resetMetrics(),
    };
    const telemetry = isCounting ? StoreTelemetry.of(gaugedStore(this, this.#life)) : null;
    this.#metrics = new MetricsKeeper(totals, isCounting, telemetry);
    this.#runs = new CountedRuns(this.#metrics, this.now, this);
    this.#streamed = { life: this.#life, metrics: this.#metrics };
    this.metrics = storeMetrics(this, this.#metrics, this.#life, {
      now: this.now,
      measure: (signal) => this._measure(signal),
      queue: () => this._queue(),
      planCompaction: (options) => this._compact(this.retention, { ...options, dryRun: true }),
    });
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

  /** The store's records without what they carry, in batches. */
  [OUTLINES](query: OutlineQuery): AsyncIterable<readonly RecordOutline[]> {
    const { kinds = RECORD_KINDS, ...given } = query;
    const checked = checkQuery(kinds, given, this.retention, this.now(), () => {});
    return this.#life.guard(() => this._outlines(checked), checked.signal);
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
    return this.#life.run(() => {
      if (records.length === 0) return Promise.resolve(NOTHING_WRITTEN);
      // Nothing is awaited before _append: the order of calls is the order of records, and a record
      // that the caller changes afterwards was already taken down. All that have no time get the same.
      let moment: number | undefined;
      const now = (): number => moment ??= this.now();
      const encoded = records.map((record) => ({
        json: encodeRecord(record, now),
        kind: record.kind,
      }));
      return this.#write(encoded, options.signal);
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
          const { signal, onCaughtUp } = query;
          const follow = (end: AbortSignal) => {
            const begin = () => this._follow(check(end));
            return eachRecord<RecordOf<K>>(this.#streamed, { begin, signal: end, onCaughtUp });
          };
          return this.#life.linked(follow, signal, left);
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
      return this.#runs.scan(() => this._scan(options));
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
      return this.#runs.recovery(() => this._recover(recovery, options));
    }, options.signal);
  }

  /** Removes what retention has expired. */
  compact(options: CompactionOptions = {}): Promise<CompactionReport> {
    return this.#life.run(() => {
      const retention = options.retention ?? this.retention;
      validateRetention(retention);
      const body = () => this._compact(retention, options);
      return options.dryRun ? body() : this.#runs.compaction(body);
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
    return this.#life.run(() => this.#syncing(() => this._flush()));
  }

  /** Writes out what waits, syncs and lets go of the store. Idempotent. */
  close(): Promise<void> {
    return this.#life.close(async () => {
      try {
        await this.#syncing(() => this._close());
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

  /** Takes note of a value in one of this process's histograms. */
  protected observe(name: HistogramName, value: number): void {
    this.#metrics.observe(name, value);
  }

  /** Counts what went because there were more files than are kept. */
  protected countDroppedFiles(report: CompactionReport): void {
    countRemoved(this.#metrics, report, "max_files");
  }

  /** Runs a call that only this backend has; its signal fires with the caller's, and on closing. */
  protected during<T>(
    body: (signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#life.during(body, signal);
  }

  /** Yields what only this backend does, until it is left, closed or stopped. */
  protected iterating<T>(
    begin: (signal: AbortSignal) => AsyncIterable<T>,
    signal?: AbortSignal,
  ): AsyncIterable<T> {
    this.#life.assertOpen();
    return {
      [Symbol.asyncIterator]: () =>
        leavable((left) =>
          this.#life.linked((end) => this.#life.guard(() => begin(end), end), signal, left)
        ),
    };
  }

  async #syncing(body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      tellFailure("papyra.sync", { backend: this.name }, error);
      throw error;
    }
  }

  #write(encoded: readonly EncodedRecord[], signal?: AbortSignal): Promise<Acknowledgement> {
    return this._append(encoded, signal).then((acknowledgement) => {
      for (const { kind } of encoded) this.#metrics.add(WRITTEN[kind]);
      return acknowledgement;
    }, (error) => {
      this.#metrics.count("write_errors");
      tellFailure("papyra.write", { backend: this.name, records: encoded.length }, error);
      throw error;
    });
  }
}

// Backends have their names only once they are made.
function gaugedStore(
  store: Pick<PersistenceBackend, "name" | "metrics">,
  life: Lifecycle,
): GaugedStore {
  return {
    get name() {
      return store.name;
    },
    // Nobody who closes a store waits for a host that measures it.
    snapshot: (until) => life.during((signal) => store.metrics.snapshot({ signal }), until),
  };
}
