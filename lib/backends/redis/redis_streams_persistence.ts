/**
 * A store on Redis Streams, for systems of several processes and machines.
 *
 * @module
 */

import type {
  Acknowledgement,
  BackendCapabilities,
  CallOptions,
  CompactionOptions,
  MaintenanceOptions,
  ProgressOptions,
  ScanOptions,
} from "../../backend/backend.ts";
import type { CheckedFollow } from "../../backend/checked_follow.ts";
import type { CheckedQuery } from "../../backend/checked_query.ts";
import type { CheckedRecovery } from "../../backend/checked_recovery.ts";
import type {
  AckOptions,
  AutoclaimOptions,
  ClaimOptions,
  ConsumeEachOptions,
  ConsumeOptions,
  EnsureGroupOptions,
  GroupBackend,
  GroupQuery,
  PendingQuery,
} from "../../backend/group_backend.ts";
import type { CheckServerOptions, ServerBackend } from "../../backend/server_backend.ts";
import { type EncodedRecord, PersistenceBase } from "../../backend/persistence_base.ts";
import type { RawPrimitives } from "../../backend/raw_store.ts";
import type { MeasuredStore } from "../../backend/store_metrics.ts";
import type { KeptTotals, MetricsShare } from "../../metrics/share.ts";
import type { QueueGauges } from "../../metrics/snapshot.ts";
import type {
  AutoclaimReport,
  ClaimReport,
  ConsumedEntry,
  ConsumerGroup,
  GroupConsumer,
  PendingEntry,
  PendingSummary,
} from "../../model/consumer_group.ts";
import {
  RECORD_KINDS,
  type RecordKind,
  type RecordOf,
  type StoredRecord,
} from "../../model/record.ts";
import type {
  CompactionReport,
  Receipt,
  RecoveryPlan,
  RecoveryReport,
  ScanReport,
  StoreDescription,
} from "../../model/report.ts";
import type { RetentionPolicy } from "../../model/retention.ts";
import type { ServerReport } from "../../model/server_report.ts";
import { compactStreams } from "./maintenance/compact_streams.ts";
import { checkServers } from "./doctor/check_servers.ts";
import { followStreams } from "./reading/follow_streams.ts";
import { LentConnections } from "./servers/lent_connections.ts";
import { RawStreams } from "./raw_streams.ts";
import { readStreams } from "./reading/read_streams.ts";
import { measureStreams, memoryOf } from "./metrics/measure_streams.ts";
import { planStreamRecovery, recoverStreams } from "./maintenance/recover_streams.ts";
import { redisConfig, type RedisStreamsOptions } from "./config/redis_config.ts";
import { RedisServers } from "./servers/redis_servers.ts";
import type { MaintenanceContext } from "./maintenance/maintenance_context.ts";
import { scanStreams } from "./maintenance/scan_streams.ts";
import { StreamAppender } from "./writing/stream_appender.ts";
import { StreamGroups } from "./groups/stream_groups.ts";
import { lookAt } from "./streams/stream_look.ts";
import { StreamMetrics } from "./metrics/stream_metrics.ts";
import { StreamReceipts } from "./maintenance/stream_receipts.ts";

/**
 * Keeps records in Redis Streams, one for each kind, under the keys and in the form of Papyra
 * (Python). It connects when it is first used; a URL is `redis:`, `rediss:`, `redis+sentinel:` or
 * `redis+cluster:`.
 *
 * A record counts as written once the server has answered, and the replicas asked for with
 * `minReplicas` have it. What that is worth when the server's machine fails is up to how the server
 * is configured to keep its data.
 *
 * @example
 * ```ts
 * import { RedisStreamsPersistence } from "@papyra/papyra";
 *
 * async function recordOrder(url = "redis://127.0.0.1:6379/0"): Promise<void> {
 *   const retention = { maxRecords: 1_000_000 };
 *   await using store = new RedisStreamsPersistence(url, { systemId: "orders", retention });
 *   await store.recordEvent({ eventType: "OrderPlaced", actorAddress: "orders://7" });
 *   for await (const event of store.events({ limit: 10 })) console.log(event.eventType);
 * }
 * console.log(typeof recordOrder); // function
 * ```
 */
export class RedisStreamsPersistence extends PersistenceBase
  implements GroupBackend, ServerBackend {
  /** Name of the backend's class. */
  readonly name = "RedisStreamsPersistence";
  /** The store's URL with its prefix and system, without a password. */
  readonly location: string;

  readonly #servers: RedisServers;
  readonly #appender: StreamAppender;
  readonly #metrics: StreamMetrics;
  readonly #receipts: StreamReceipts;
  readonly #connections: LentConnections;
  readonly #groups: StreamGroups;

  /** Checks URL and options; connects to nothing yet. Throws INVALID_ARGUMENT. */
  constructor(url: string, options: RedisStreamsOptions = {}) {
    super(options);
    const config = redisConfig(url, options);
    this.location = config.location;
    this.#servers = new RedisServers(config);
    this.#appender = new StreamAppender(
      this.#servers,
      {
        onWritten: (bytes) => this.count("bytes_written", bytes),
        onBatch: (records, seconds) => {
          this.observe("batch_records", records);
          this.observe("write_seconds", seconds);
        },
      },
    );
    this.#metrics = new StreamMetrics(this.#servers, this.now);
    this.#receipts = new StreamReceipts(this.#servers);
    this.#connections = new LentConnections(this.#servers);
    this.#groups = new StreamGroups({
      servers: this.#servers,
      connections: this.#connections,
      recordDeadLetter: (letter) => this.recordDeadLetter(letter),
    });
  }

  /** Everything but numbers and files. */
  backendCapabilities(): BackendCapabilities {
    return {
      scan: true,
      recover: true,
      compact: true,
      metrics: true,
      durable: true,
      sequenced: false,
      history: true,
      rotate: false,
      follow: true,
    };
  }

  /**
   * Makes a consumer group, and the stream where there is none; true where the group was not there.
   *
   * @example
   * ```ts
   * import type { RedisStreamsPersistence } from "@papyra/papyra";
   *
   * async function settleOrders(store: RedisStreamsPersistence): Promise<void> {
   *   await store.ensureConsumerGroup("event", { group: "billing" });
   *   const whom = { group: "billing", consumer: "billing-1", deliveriesMax: 5 };
   *   for await (const { id, record, fault } of store.consumeEach("event", whom)) {
   *     console.log(id, record?.eventType ?? fault?.reason);
   *     await store.ack("event", { group: "billing", ids: [id] });
   *   }
   * }
   * console.log(typeof settleOrders); // function
   * ```
   */
  ensureConsumerGroup(kind: RecordKind, options: EnsureGroupOptions): Promise<boolean> {
    return this.during((signal) => this.#groups.ensure(kind, options, signal), options.signal);
  }

  /**
   * Gives a consumer a page of entries: by default new ones, and for as long as `blockMs` it waits for
   * one. They stay pending until they are acknowledged. An entry that is no record comes too, with its
   * `fault`. It is not tried again once entries may have been given out: UNREACHABLE says so, and
   * `readId: "0"` reads them.
   */
  async consume<K extends RecordKind>(
    kind: K,
    options: ConsumeOptions,
  ): Promise<readonly ConsumedEntry<RecordOf<K>>[]> {
    const page = await this.during(
      (signal) => this.#groups.page(kind, options, signal),
      options.signal,
    );
    page.forEach((entry) => this.#countRead(entry));
    return page as readonly ConsumedEntry<RecordOf<K>>[];
  }

  /**
   * Gives a consumer entries as they come: first those that it was given and has not acknowledged, then
   * new ones. It goes on when the connection breaks, with what was given out and never arrived. Entries
   * of a page that were not handed out when the iteration is left stay pending.
   */
  consumeEach<K extends RecordKind>(
    kind: K,
    options: ConsumeEachOptions,
  ): AsyncIterable<ConsumedEntry<RecordOf<K>>> {
    const begin = (signal: AbortSignal) => this.#counted(this.#groups.each(kind, options, signal));
    return this.iterating(begin, options.signal) as AsyncIterable<ConsumedEntry<RecordOf<K>>>;
  }

  /** Acknowledges entries; how many of them the group waited for. */
  ack(kind: RecordKind, options: AckOptions): Promise<number> {
    return this.during((signal) => this.#groups.ack(kind, options, signal), options.signal);
  }

  /**
   * Gives a consumer pending entries that others were given, by their ids. Those that are not pending,
   * or not for long enough, are left out; those that are gone from the stream stay pending and are told.
   */
  claim<K extends RecordKind>(kind: K, options: ClaimOptions): Promise<ClaimReport<RecordOf<K>>> {
    const claim = (signal: AbortSignal) => this.#groups.claim(kind, options, signal);
    return this.during(claim, options.signal) as Promise<ClaimReport<RecordOf<K>>>;
  }

  /** Gives a consumer what others were given and left, a page at a time, as `claim` does. */
  autoclaim<K extends RecordKind>(
    kind: K,
    options: AutoclaimOptions,
  ): Promise<AutoclaimReport<RecordOf<K>>> {
    const claim = (signal: AbortSignal) => this.#groups.autoclaim(kind, options, signal);
    return this.during(claim, options.signal) as Promise<AutoclaimReport<RecordOf<K>>>;
  }

  /** What a group waits for, in short. */
  pendingSummary(kind: RecordKind, options: GroupQuery): Promise<PendingSummary> {
    return this.during(() => this.#groups.summary(kind, options), options.signal);
  }

  /** A page of what a group waits for, with how often each entry was given out. */
  pendingEntries(kind: RecordKind, options: PendingQuery): Promise<readonly PendingEntry[]> {
    return this.during((signal) => this.#groups.pending(kind, options, signal), options.signal);
  }

  /** The groups of a stream; none where there is no stream. */
  consumerGroups(
    kind: RecordKind,
    options: CallOptions = {},
  ): Promise<readonly ConsumerGroup[]> {
    return this.during(() => this.#groups.groups(kind), options.signal);
  }

  /** The consumers of a group, and what each of them has. */
  groupConsumers(kind: RecordKind, options: GroupQuery): Promise<readonly GroupConsumer[]> {
    return this.during(() => this.#groups.consumers(kind, options), options.signal);
  }

  /**
   * Asks the servers whether they do what the store relies on: memory, persistence, replicas, rights
   * of the user, streams and groups. Nothing is changed; what the user may not ask is unknown.
   */
  checkServer(options: CheckServerOptions = {}): Promise<ServerReport> {
    const check = (signal: AbortSignal) => checkServers(this.#servers, options, this.now, signal);
    return this.during(check, options.signal);
  }

  /** Adds the records to their streams, in one transaction where there are several. */
  protected _append(
    records: readonly EncodedRecord[],
    signal: AbortSignal | undefined,
  ): Promise<Acknowledgement> {
    return this.#appender.append(records, signal);
  }

  /** Reads what is there when the first batch is asked for. */
  protected _read(query: CheckedQuery): AsyncIterable<readonly StoredRecord[]> {
    return readStreams(this.#servers, query);
  }

  /** Yields what is there at the first look, then what comes. */
  protected override _follow(query: CheckedFollow): AsyncIterable<readonly StoredRecord[]> {
    return followStreams(this.#servers, query);
  }

  /** The entries' lines. */
  protected override _raw(): RawPrimitives {
    return new RawStreams(this.#context, this.#receipts);
  }

  /** Looks at every entry, and at what consumer groups wait for. */
  protected _scan(options: ScanOptions): Promise<ScanReport> {
    return scanStreams(this.#context, options);
  }

  /** Scans, and says what would be moved aside. */
  protected _planRecovery(
    recovery: CheckedRecovery,
    options: ProgressOptions,
  ): Promise<RecoveryPlan> {
    return planStreamRecovery(this.#context, recovery, options);
  }

  /** Moves damaged entries aside, and scans again. */
  protected _recover(
    recovery: CheckedRecovery,
    options: MaintenanceOptions,
  ): Promise<RecoveryReport> {
    return recoverStreams(this.#context, this.#receipts, recovery, options);
  }

  /** Trims what expired, as far as consumer groups let go of it. */
  protected _compact(
    retention: RetentionPolicy,
    options: CompactionOptions,
  ): Promise<CompactionReport> {
    return compactStreams(this.#context, this.#receipts, retention, options);
  }

  /** Yields receipts from the stream beside the others. */
  protected _history({ signal }: CallOptions): AsyncIterable<Receipt> {
    return this.#receipts.all(signal);
  }

  /** Asks the server how much memory the streams take. */
  protected async _describe(): Promise<StoreDescription> {
    const { exists, ends } = await lookAt(this.#servers, RECORD_KINDS);
    const { streams } = this.#servers.config.keys;
    return {
      backend: this.name,
      store: this.location,
      exists,
      bytes: await memoryOf(this.#servers, [...ends.keys()].map((kind) => streams[kind])),
      segments: null,
      freeBytes: null,
    };
  }

  /** Waits for the answers to what was sent. */
  protected _flush(): Promise<void> {
    return this.#appender.idle();
  }

  /** Waits for what is on its way. */
  protected _close(): Promise<void> {
    return this.#appender.close();
  }

  /** Lets go of every connection. */
  protected override async _release(): Promise<void> {
    await this.#metrics.close();
    this.#connections.close();
    this.#servers.close();
  }

  /** The totals of all processes. */
  protected _loadMetrics(): Promise<KeptTotals> {
    return this.#metrics.load();
  }

  /** Adds to the totals. */
  protected _addMetrics(share: MetricsShare): Promise<boolean> {
    return this.#metrics.add(share);
  }

  /** Asks the server. */
  protected override _measure(): Promise<MeasuredStore> {
    return measureStreams(this.#servers);
  }

  /** What waits to be sent. */
  protected override _queue(): QueueGauges {
    return this.#appender.waiting;
  }

  /** Sets the totals to zero. */
  protected _resetMetrics(): Promise<void> {
    return this.#metrics.reset();
  }

  async *#counted(entries: AsyncIterable<ConsumedEntry>): AsyncGenerator<ConsumedEntry> {
    for await (const entry of entries) {
      this.#countRead(entry);
      yield entry;
    }
  }

  #countRead({ record }: ConsumedEntry): void {
    this.count(record === null ? "read_errors" : "records_read");
  }

  get #context(): MaintenanceContext {
    return { servers: this.#servers, backend: this.name, now: this.now };
  }
}
