/**
 * The contract: what every backend does for its callers.
 *
 * @module
 */

import type { DROP_REASONS, MetricsSnapshot, SkipReason } from "../metrics/snapshot.ts";
import type { Compression } from "../model/compression.ts";
import type { StartupMode } from "../model/mode.ts";
import type { RecoveryMode } from "../model/mode.ts";
import type {
  ActorAddress,
  AuditInput,
  AuditRecord,
  DeadLetterInput,
  DeadLetterRecord,
  EventInput,
  EventRecord,
  RecordInput,
  RecordKind,
  RecordOf,
  StoredRecord,
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
import type { RetentionPolicy } from "../model/retention.ts";

/** What a backend can do. */
export interface BackendCapabilities {
  /** It can look for damage. */
  readonly scan: boolean;
  /** It can mend damage. */
  readonly recover: boolean;
  /** It can remove what retention has expired. */
  readonly compact: boolean;
  /** It counts what it does. */
  readonly metrics: boolean;
  /** Records outlive the process. */
  readonly durable: boolean;
  /** Every record gets a sequence number. */
  readonly sequenced: boolean;
  /** It keeps receipts of its changes. */
  readonly history: boolean;
  /** It can seal its active file. */
  readonly rotate: boolean;
  /** It can be followed. */
  readonly follow: boolean;
}

/** Options of every call that can be stopped. */
export interface CallOptions {
  /** Stops the call with ABORTED; the store stays as it was. */
  readonly signal?: AbortSignal;
}

/** What a write is answered with. */
export interface Acknowledgement {
  /** Sequence number of the first record; null where the backend gives none. */
  readonly firstSeq: number | null;
  /** Sequence number of the last record; null where the backend gives none. */
  readonly lastSeq: number | null;
  /** How many records it covers. */
  readonly count: number;
}

/**
 * Which records are asked for: those that pass every filter given. A filter that takes several values
 * is passed by a record with any of them, and by none of a kind without the field.
 */
export interface RecordFilter {
  /** Only records with a timestamp from this one on, itself included; Unix seconds. */
  readonly since?: number;
  /** Only records with a timestamp up to this one, itself included; Unix seconds. */
  readonly until?: number;
  /**
   * Only records with a larger sequence number. Those without one (lines that an original store
   * wrote) count as before every number. UNSUPPORTED where the backend gives none.
   */
  readonly afterSeq?: number;
  /** Only events with this `eventType` and dead letters with this `messageType`. */
  readonly type?: string | readonly string[];
  /** Only events of this actor, however its address is written. */
  readonly actor?: ActorAddress | readonly ActorAddress[];
  /** Only dead letters for this actor, however its address is written. */
  readonly target?: ActorAddress | readonly ActorAddress[];
}

/**
 * Which records to read, and in which order. All filters are applied before the limit.
 *
 * @example The newest two payments of an hour, and all that was recorded after them
 * ```ts
 * import { InMemoryPersistence } from "@papyra/papyra";
 *
 * await using store = new InMemoryPersistence();
 * for (const [index, eventType] of ["Paid", "Sent", "Paid", "Paid", "Sent"].entries()) {
 *   const timestamp = 1_700_000_000 + index * 900;
 *   await store.recordEvent({ eventType, timestamp, actorAddress: "orders://7" });
 * }
 * const since = 1_700_000_000;
 * const hour = { since, until: since + 3600, type: "Paid", actor: "orders:7" };
 * const payments = await store.listEvents({ ...hour, limit: 2 });
 * console.log(payments.map(({ seq }) => seq)); // [3, 4]
 *
 * const afterSeq = payments.at(-1)!.seq!;
 * for await (const record of store.records(undefined, { afterSeq })) console.log(record.seq); // 5
 * ```
 */
export interface RecordQuery<T extends StoredRecord = StoredRecord>
  extends RecordFilter, CallOptions {
  /** Only the newest so many; newest means last in the store. */
  readonly limit?: number;
  /** Newest first. @default {false} */
  readonly reverse?: boolean;
  /** Only records for which this returns true. */
  readonly where?: (record: T) => boolean;
  /** Takes the place of the store's own retention for this read. */
  readonly retention?: RetentionPolicy;
  /**
   * On Redis, `since` and `until` hold for the time of arrival too, which entries' ids tell: only that
   * part of the streams is read. Elsewhere it changes nothing. @default {false}
   */
  readonly byId?: boolean;
}

/** Which records to follow. */
export interface FollowQuery<T extends StoredRecord = StoredRecord>
  extends Omit<RecordQuery<T>, "reverse"> {
  /**
   * How many of those that are there already come first: the newest so many.
   * @default {0, and Infinity where `since` or `afterSeq` says where to begin}
   */
  readonly limit?: number;
  /**
   * Called, and waited for, whenever all that was recorded so far has been handed out, before the next
   * record is waited for; also where nothing of what came was asked for.
   */
  readonly onCaughtUp?: () => void | Promise<void>;
}

/** Records in order, read as they are asked for, and what was passed over on the way. */
export interface RecordStream<T extends StoredRecord> extends AsyncIterable<T> {
  /** Damaged lines passed over so far. */
  readonly skipped: number;
}

/** Tells how far a long operation is. */
export type ProgressCallback = (done: number, total: number) => void;

/** Options of every operation that may take long. */
export interface ProgressOptions extends CallOptions {
  /** Called now and then with bytes done and bytes in all; on Redis, with entries. */
  readonly onProgress?: ProgressCallback;
}

/** Options of a scan. */
export interface ScanOptions extends ProgressOptions {
  /** Pass over sealed segments that an earlier scan found in order and that are unchanged. @default {false} */
  readonly sinceLast?: boolean;
  /** The part of those that is read all the same, from 0 to 1, chosen at random. @default {0} */
  readonly reverify?: number;
  /** On Redis, look only at the newest so many entries of each stream. @default {all} */
  readonly sampleEntries?: number;
}

/** Options of every operation that changes a store by maintenance. */
export interface MaintenanceOptions extends ProgressOptions {
  /** Waits so long for another maintenance run to end; then BUSY. @default {0} */
  readonly waitMs?: number;
}

/** What to tell of a store. */
export interface DescribeOptions extends CallOptions {
  /** Tell what sealed segments hold; one that has no summary yet is read for it. @default {false} */
  readonly withSegments?: boolean;
  /** Tell how many bytes can still be written where it lies. @default {false} */
  readonly withFreeBytes?: boolean;
}

/** What a recovery is to do. */
export interface RecoveryConfig {
  /** What to do with damage. @default {"repair"} */
  readonly mode?: RecoveryMode;
  /**
   * Where the originals go; needed by mode `quarantine`, and only there. On Redis, what the keys of
   * the streams begin with that they are moved to.
   */
  readonly quarantineDir?: string;
  /**
   * On Redis, acknowledge for every consumer group what it still waits for and is gone from the
   * stream. @default {false}
   */
  readonly ackDangling?: boolean;
}

/** What a compaction is to do. */
export interface CompactionOptions extends MaintenanceOptions {
  /** Takes the place of the store's own retention. */
  readonly retention?: RetentionPolicy;
  /** Report what would be done, and do nothing. @default {false} */
  readonly dryRun?: boolean;
  /**
   * Compress the sealed segments that stay. They are read, scanned, recovered and compacted as they are
   * then; those that are compressed already, in either form, stay so. Throws UNSUPPORTED where the
   * runtime or the store cannot. @default {not}
   */
  readonly compress?: Compression;
  /** On Redis, remove also what a consumer group has not read or not acknowledged. @default {false} */
  readonly force?: boolean;
  /**
   * On Redis, how the expired beginning of a stream is cut off: to the entry, or where it costs the
   * server least, which may leave some expired ones. @default {"exact"}
   */
  readonly trim?: "exact" | "approx";
}

/** What opening a store does about its state. */
export interface StartupOptions extends MaintenanceOptions, RecoveryConfigOfStartup {
  /** What to do. @default {"ignore"} */
  readonly mode?: StartupMode;
  /** The longest that the check may take; then TIMED_OUT. */
  readonly timeoutMs?: number;
}

/** The recovery that a startup with mode `recover` makes. */
export interface RecoveryConfigOfStartup {
  /** What it does. @default {{ mode: "repair" }} */
  readonly recovery?: RecoveryConfig;
}

/** What a snapshot is to tell beside what was counted. */
export interface SnapshotOptions extends CallOptions {
  /** How the store is: what is new since the last look is read. @default {true} */
  readonly withGauges?: boolean;
  /** What retention keeps of it, which takes as long as planning a compaction. @default {false} */
  readonly withRetained?: boolean;
}

/** The metrics of a store. */
export interface StoreMetrics {
  /**
   * What all processes have counted, this one's share included, and how the store is.
   *
   * @example
   * ```ts
   * import { InMemoryPersistence } from "@papyra/papyra";
   *
   * await using store = new InMemoryPersistence();
   * await store.recordEvent({ eventType: "OrderPlaced" });
   * const { records_written, gauges } = await store.metrics.snapshot();
   * console.log(records_written, gauges?.records.event); // 1 1
   * ```
   */
  snapshot(options?: SnapshotOptions): Promise<MetricsSnapshot>;
  /** Sets every counter and histogram to zero. */
  reset(): Promise<void>;
  /** Counts a record that was given up before the store was asked to take it. */
  countDropped(kind: RecordKind, reason: typeof DROP_REASONS[number]): void;
  /** Counts a line that was passed over. */
  countSkipped(reason: SkipReason): void;
}

/**
 * A store of records.
 *
 * Writes resolve once the record is as durable as the store promises, and reject with NOT_WRITTEN
 * where it surely was not written, UNKNOWN where that cannot be told. Reads never fail because of a
 * damaged line. After {@linkcode PersistenceBackend.close} every call is refused with STORE_CLOSED.
 */
export interface PersistenceBackend extends AsyncDisposable {
  /** Name of the backend, such as `JsonFilePersistence`. */
  readonly name: string;
  /** Where the store is; never with a password. */
  readonly location: string;
  /** What reads keep and compaction leaves. */
  readonly retention: RetentionPolicy;
  /** The store's metrics. */
  readonly metrics: StoreMetrics;

  /** What this backend can do. */
  backendCapabilities(): BackendCapabilities;

  /** Records that something happened to an actor. */
  recordEvent(event: EventInput, options?: CallOptions): Promise<Acknowledgement>;
  /** Records the state of a system. */
  recordAudit(audit: AuditInput, options?: CallOptions): Promise<Acknowledgement>;
  /** Records a message that nobody received. */
  recordDeadLetter(letter: DeadLetterInput, options?: CallOptions): Promise<Acknowledgement>;
  /** Records several, in order, side by side, with one acknowledgement: all of them or none. */
  recordMany(records: readonly RecordInput[], options?: CallOptions): Promise<Acknowledgement>;

  /** Events, oldest first unless asked otherwise. */
  events(query?: RecordQuery<EventRecord>): RecordStream<EventRecord>;
  /** Audits, oldest first unless asked otherwise. */
  audits(query?: RecordQuery<AuditRecord>): RecordStream<AuditRecord>;
  /** Dead letters, oldest first unless asked otherwise. */
  deadLetters(query?: RecordQuery<DeadLetterRecord>): RecordStream<DeadLetterRecord>;
  /** Records of the given kinds (of all, when left out) in the order in which they were written. */
  records<K extends RecordKind = RecordKind>(
    kinds?: readonly K[],
    query?: RecordQuery<RecordOf<K>>,
  ): RecordStream<RecordOf<K>>;
  /**
   * Records of the given kinds (of all, when left out) as they come: first those that are there
   * already, as far as the query asks for them, then every one that is recorded, by whichever process,
   * once, in order, and not before it is settled. It goes on whatever rotation, compaction and recovery
   * do to the store meanwhile, and waits for a store that is yet to be made.
   *
   * It begins when the first record is asked for, and ends when the iteration is left, with ABORTED
   * once the signal fires, and with STORE_CLOSED when the store is closed. To go on later, give the
   * last `seq` that came as `afterSeq`. Throws SEQUENCE_RESET where the store has no record of that
   * number or a later one any more, and did not remove them: it is another store by now, or lost them.
   *
   * Retention says which of the records there already come; of later ones, only those stay out
   * that are too old when they come. What a compaction removes before it was handed out does not come.
   *
   * @example
   * ```ts
   * import { InMemoryPersistence } from "@papyra/papyra";
   *
   * await using store = new InMemoryPersistence();
   * await store.recordEvent({ eventType: "OrderPlaced" });
   * const onCaughtUp = async () => void await store.recordEvent({ eventType: "OrderPaid" });
   * for await (const { seq, eventType } of store.follow(["event"], { limit: 10, onCaughtUp })) {
   *   console.log(seq, eventType); // 1 OrderPlaced, then 2 OrderPaid
   *   if (seq === 2) break;
   * }
   * ```
   */
  follow<K extends RecordKind = RecordKind>(
    kinds?: readonly K[],
    query?: FollowQuery<RecordOf<K>>,
  ): RecordStream<RecordOf<K>>;
  /** {@linkcode PersistenceBackend.events} as an array. */
  listEvents(query?: RecordQuery<EventRecord>): Promise<EventRecord[]>;
  /** {@linkcode PersistenceBackend.audits} as an array. */
  listAudits(query?: RecordQuery<AuditRecord>): Promise<AuditRecord[]>;
  /** {@linkcode PersistenceBackend.deadLetters} as an array. */
  listDeadLetters(query?: RecordQuery<DeadLetterRecord>): Promise<DeadLetterRecord[]>;

  /** Looks at the whole store for damage and changes nothing. */
  scan(options?: ScanOptions): Promise<ScanReport>;
  /** What {@linkcode PersistenceBackend.recover} would do. */
  planRecovery(config?: RecoveryConfig, options?: ProgressOptions): Promise<RecoveryPlan>;
  /** Mends what a scan finds, then scans again. */
  recover(config?: RecoveryConfig, options?: MaintenanceOptions): Promise<RecoveryReport>;
  /** Removes what retention has expired. */
  compact(options?: CompactionOptions): Promise<CompactionReport>;
  /** Seals the active file, so that the next record begins another. */
  rotate(options?: CallOptions): Promise<RotationReport>;
  /** The changes that maintenance made, oldest first. */
  history(options?: CallOptions): AsyncIterable<Receipt>;
  /** What the store is, told without reading all of it. */
  describe(options?: DescribeOptions): Promise<StoreDescription>;

  /** Resolves once everything recorded so far is synced. */
  flush(): Promise<void>;
  /** Writes out what waits, syncs and lets go of the store. Idempotent. */
  close(): Promise<void>;
}
