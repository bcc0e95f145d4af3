/**
 * What a backend does itself: the primitives that its base class calls, with checked arguments only.
 *
 * @module
 */

import type { KeptTotals, MetricsShare } from "../metrics/share.ts";
import type { QueueGauges } from "../metrics/snapshot.ts";
import { RECORD_KINDS, type StoredRecord } from "../model/record.ts";
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
import type {
  Acknowledgement,
  BackendCapabilities,
  CallOptions,
  CompactionOptions,
  DescribeOptions,
  MaintenanceOptions,
  ProgressOptions,
  ScanOptions,
} from "./backend.ts";
import type { CheckedFollow } from "./checked_follow.ts";
import { type CheckedQuery, checkQuery } from "./checked_query.ts";
import type { CheckedRecovery } from "./checked_recovery.ts";
import { measureByReading } from "./measure_by_reading.ts";
import type { PersistenceOptions } from "./persistence_options.ts";
import type { EncodedRecord, RawPrimitives } from "./raw_store.ts";
import type { RecordOutline } from "./record_outline.ts";
import type { MeasuredStore } from "./store_metrics.ts";
import { cannotFollow, cannotRotate } from "./unsupported.ts";

/** What a backend is, and what it does itself; the rest is that of `PersistenceBase`. */
export abstract class PersistencePrimitives {
  /** Name of the backend's class. */
  abstract readonly name: string;
  /** Where the store is; never with a password. */
  abstract readonly location: string;
  /** What reads keep and compaction leaves. */
  readonly retention: RetentionPolicy;

  /** The clock, in Unix seconds. */
  protected readonly now: () => number;

  /** Checks the options. Throws INVALID_ARGUMENT. */
  constructor({ retention = {}, clock }: PersistenceOptions) {
    this.retention = structuredClone(retention);
    validateRetention(this.retention);
    this.now = clock ?? (() => Date.now() / 1000);
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
  /** The same of a query without filters, for whom outlines are enough: a backend may parse less for them. */
  protected _outlines(query: CheckedQuery): AsyncIterable<readonly RecordOutline[]> {
    return this._read(query);
  }
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
  protected abstract _loadMetrics(): Promise<KeptTotals>;
  /** Adds to the totals; false where they cannot be kept now, and the share is to be kept instead. */
  protected abstract _addMetrics(share: MetricsShare): Promise<boolean>;
  /** Sets the totals to zero; marks stay. */
  protected abstract _resetMetrics(): Promise<void>;
  /** How the store is. A backend that knows better than to read all of it says so. */
  protected async _measure(signal: AbortSignal | undefined): Promise<MeasuredStore> {
    const description = await this._describe({ withFreeBytes: true });
    const query = { retention: {}, ...(signal && { signal }) };
    const all = checkQuery(RECORD_KINDS, query, {}, this.now(), () => {});
    return await measureByReading(description, this._read(all));
  }
  /** What waits in this process to be written. */
  protected _queue(): QueueGauges {
    return { records: 0, bytes: 0 };
  }

  /** What copies go by; null where the backend does not give records as they are stored. */
  protected _raw(): RawPrimitives | null {
    return null;
  }
}
