/**
 * What all stores of NDJSON files have in common: one engine, whether the active file is ever sealed or not.
 *
 * @module
 */

import type {
  Acknowledgement,
  BackendCapabilities,
  CompactionOptions,
  DescribeOptions,
  MaintenanceOptions,
  ProgressOptions,
  ScanOptions,
} from "../../backend/backend.ts";
import type { CheckedFollow } from "../../backend/checked_follow.ts";
import type { CheckedQuery } from "../../backend/checked_query.ts";
import type { CheckedRecovery } from "../../backend/checked_recovery.ts";
import {
  type EncodedRecord,
  PersistenceBase,
  type PersistenceOptions,
} from "../../backend/persistence_base.ts";
import type { RawPrimitives } from "../../backend/raw_store.ts";
import type { RecordOutline } from "../../backend/record_outline.ts";
import type { MeasuredStore } from "../../backend/store_metrics.ts";
import { PapyraError } from "../../errors.ts";
import type { KeptTotals, MetricsShare } from "../../metrics/share.ts";
import type { QueueGauges } from "../../metrics/snapshot.ts";
import { type Durability, parseDurability } from "../../model/mode.ts";
import type { StoredRecord } from "../../model/record.ts";
import type {
  CompactionReport,
  Receipt,
  RecoveryPlan,
  RecoveryReport,
  RotationReport,
  ScanReport,
  StoreDescription,
} from "../../model/report.ts";
import type { RetentionPolicy } from "../../model/retention.ts";
import { AppendLog } from "../../storage/appending/append_log.ts";
import type { FileSystem } from "../../storage/file_system.ts";
import { FORMAT_VERSION, LINE_LIMITS_TEXT } from "../../storage/format.ts";
import { fitsLine } from "../../storage/lines/line_batch_encoder.ts";
import { nativeFileSystem } from "../../storage/native/native_file_system.ts";
import { asIoError, asNotWritten } from "../../storage/os_error.ts";
import { lastSealedSeqs } from "../../storage/sealed_tail.ts";
import type { SegmentLimits } from "../../storage/appending/segment_limits.ts";
import { Sidecar } from "../../storage/sidecar.ts";
import { resolveStorePaths } from "../../storage/store_paths.ts";
import { newerFormat } from "../../storage/tail.ts";
import { compactStore, dropOldestFiles } from "./compaction/compact_store.ts";
import { describeStore } from "./describe_store.ts";
import { DurableSeqNotes } from "./durable_seq_notes.ts";
import { addToTotals, loadTotals, resetTotals } from "./store/file_metrics.ts";
import type { FileStore } from "./store/file_store.ts";
import { followStore } from "./following/follow_store.ts";
import { RawFiles } from "./raw_files.ts";
import { readReceipts } from "./receipts/receipts.ts";
import { readOutlines, readStore } from "./reading/read_store.ts";
import { recoverStore } from "./recovery/recover_store.ts";
import { describePlan } from "./recovery/recovery_plan.ts";
import { summarizeSegment } from "./summaries/segment_summaries.ts";
import { scanStore } from "./scanning/scan_store.ts";
import { StoreMeasure } from "./store_measure.ts";

/** Options of every store of files. */
export interface FileOptions extends PersistenceOptions {
  /** When a record counts as written. @default {"always"} */
  readonly durability?: Durability;
  /** Bytes that may wait to be written before callers are made to wait. @default {64 MiB} */
  readonly queueBytesMax?: number;
  /** The file system to use. @default {the machine's} */
  readonly fileSystem?: FileSystem;
}

const QUEUE_BYTES_MAX = 64 * 1024 * 1024;
// The process has other uses for descriptors.
const HELD_FILES_MAX = 64;

interface OpenedStore extends FileStore {
  readonly log: AppendLog;
  readonly durableSeqNotes: DurableSeqNotes;
  readonly measure: StoreMeasure;
}

/** How a store of files is rotated; without a limit, it never is by itself. */
export interface Rotation extends SegmentLimits {
  /** Files that are kept beside the active one; the oldest go when there are more. */
  readonly maxFiles?: number;
}

/** A store of NDJSON files, to which any number of processes may write. */
export abstract class FilePersistence extends PersistenceBase {
  /** The path that it was given. */
  override readonly location: string;
  /** How many sealed files one read may hold open at once; those beyond are found again by name. */
  protected readonly heldFilesMax: number = HELD_FILES_MAX;

  readonly #options: FileOptions;
  readonly #rotation: Rotation;
  #afterwards: Promise<void> = Promise.resolve();
  readonly #fileSystem: FileSystem;
  readonly #durability: Durability;
  #opened: Promise<OpenedStore> | undefined;
  #waitingToAppend = 0;
  #log: AppendLog | null = null;

  /**
   * Opens nothing yet.
   *
   * @param path where the file is, or is to be made by the first write
   */
  constructor(path: string, options: FileOptions, rotation: Rotation) {
    super(options);
    this.#rotation = rotation;
    this.location = path;
    this.#options = options;
    this.#fileSystem = options.fileSystem ?? nativeFileSystem;
    this.#durability = parseDurability(options.durability ?? "always");
  }

  /** Everything; sealing is for those that rotate. */
  override backendCapabilities(): BackendCapabilities {
    return {
      rotate: false,
      follow: true,
      scan: true,
      recover: true,
      compact: true,
      metrics: true,
      durable: true,
      sequenced: true,
      history: true,
    };
  }

  /** Appends to the active file, in one batch with whoever else waits. */
  protected override _append(
    records: readonly EncodedRecord[],
    signal: AbortSignal | undefined,
  ): Promise<Acknowledgement> {
    for (const { json } of records) assertFits(json, this.location);
    return this.#log === null
      ? this.#appendOnceOpen(records, signal)
      : this.#log.append(records, signal);
  }

  /** Reads the files, from the end where only the newest are asked for. */
  protected override _read(query: CheckedQuery): AsyncGenerator<readonly StoredRecord[]> {
    return this.#yield("read", (store) => readStore(store, query));
  }

  /** Reads them without parsing most of them. */
  protected override _outlines(query: CheckedQuery): AsyncGenerator<readonly RecordOutline[]> {
    return this.#yield("read", (store) => readOutlines(store, query));
  }

  /** Reads on where the files grow, and looks at them now and then while they do not. */
  protected override _follow(query: CheckedFollow): AsyncGenerator<readonly StoredRecord[]> {
    return this.#yield("follow", (store) => followStore(store, query));
  }

  /** Lines as they are. */
  protected override _raw(): RawPrimitives {
    return new RawFiles((action) => this.#store(action));
  }

  /** Scans the files and their surroundings. */
  protected override _scan(options: ScanOptions): Promise<ScanReport> {
    return this.#do("scan", async (store) => (await scanStore(store, options)).report);
  }

  /** Plans from a scan. */
  protected override _planRecovery(
    recovery: CheckedRecovery,
    options: ProgressOptions,
  ): Promise<RecoveryPlan> {
    return this.#do(
      "scan",
      async (store) => describePlan(recovery, await scanStore(store, options)),
    );
  }

  /** Mends the files beside live writers. */
  protected override _recover(
    recovery: CheckedRecovery,
    options: MaintenanceOptions,
  ): Promise<RecoveryReport> {
    return this.#do("recover", (store) => recoverStore(store, recovery, options));
  }

  /** Compacts the files beside live writers. */
  protected override _compact(
    retention: RetentionPolicy,
    options: CompactionOptions,
  ): Promise<CompactionReport> {
    return this.#do("compact", (store) => compactStore(store, retention, options));
  }

  /** Reads the receipts. */
  protected override _history(): AsyncGenerator<Receipt> {
    return this.#yield("read the receipts of", readReceipts);
  }

  /** Looks at the files' sizes. */
  protected override _describe(options: DescribeOptions): Promise<StoreDescription> {
    return this.#do("look at", (store) => describeStore(store, options));
  }

  /** Syncs what was appended so far. */
  protected override _flush(): Promise<void> {
    return this.#do("sync", ({ log }) => log.flush());
  }

  /** Seals the active file, after what waits was written to it. */
  protected seal(signal: AbortSignal | undefined): Promise<RotationReport> {
    return this.#do("seal", async ({ log, paths }) => {
      try {
        const segment = await log.seal(signal);
        return { backend: this.name, store: paths.active, segment };
      } catch (error) {
        this.count("rotation_errors");
        throw error;
      }
    });
  }

  /** Writes, syncs and closes the file. */
  protected override async _close(): Promise<void> {
    if (this.#opened === undefined) return;
    const store = await this.#opened.catch(() => null);
    if (store === null) return;
    try {
      await store.log.close();
    } finally {
      await this.#afterwards;
      await store.durableSeqNotes.close();
    }
  }

  /** Reads `metrics.json`. */
  protected override _loadMetrics(): Promise<KeptTotals> {
    return this.#do("read the metrics of", loadTotals);
  }

  /** Adds to `metrics.json`. */
  protected override _addMetrics(share: MetricsShare): Promise<boolean> {
    return this.#do("count in", (store) => addToTotals(store, share));
  }

  /** Writes zeros into `metrics.json`. */
  protected override _resetMetrics(): Promise<void> {
    return this.#do("reset the metrics of", resetTotals);
  }

  /** Reads what is new since the last look. */
  protected override _measure(signal: AbortSignal | undefined): Promise<MeasuredStore> {
    return this.#do("measure", (store) => store.measure.take(store, signal));
  }

  /** What waits for the next batch. */
  protected override _queue(): QueueGauges {
    return this.#log?.waiting ?? { records: 0, bytes: 0 };
  }

  // One at a time, and beside the writes: nobody waits for it but who closes the store.
  #afterSealing(store: FileStore, path: string): void {
    const { maxFiles } = this.#rotation;
    this.#afterwards = this.#afterwards
      .then(() => summarizeSegment(store, path))
      .then(() => maxFiles === undefined ? null : dropOldestFiles(store, maxFiles))
      .then((report) => report === null ? undefined : this.countDroppedFiles(report))
      .catch((error) => {
        // Another run has the store: the next sealing comes back to it.
        if (!(error instanceof PapyraError && error.code === "BUSY")) this.count("rotation_errors");
      });
  }

  // Records that wait for the store to be opened go first: only then is the straight way taken.
  async #appendOnceOpen(
    records: readonly EncodedRecord[],
    signal: AbortSignal | undefined,
  ): Promise<Acknowledgement> {
    this.#waitingToAppend++;
    let log: AppendLog;
    try {
      ({ log } = await this.#open());
    } catch (error) {
      this.#waitingToAppend--;
      throw asNotWritten(error, "open", this.location);
    }
    const written = log.append(records, signal);
    if (--this.#waitingToAppend === 0) this.#log = log;
    return await written;
  }

  async #do<T>(action: string, body: (store: OpenedStore) => Promise<T>): Promise<T> {
    try {
      return await body(await this.#store(action));
    } catch (error) {
      throw asIoError(error, action, this.location);
    }
  }

  async *#yield<T>(
    action: string,
    begin: (store: OpenedStore) => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const store = await this.#store(action);
    try {
      yield* begin(store);
    } catch (error) {
      throw asIoError(error, action, this.location);
    }
  }

  async #store(action: string): Promise<OpenedStore> {
    try {
      return await this.#open();
    } catch (error) {
      throw asIoError(error, action, this.location);
    }
  }

  async #open(): Promise<OpenedStore> {
    this.#opened ??= this.#openAnew();
    try {
      return await this.#opened;
    } catch (error) {
      // What stood in the way may be gone at the next call.
      this.#opened = undefined;
      throw error;
    }
  }

  async #openAnew(): Promise<OpenedStore> {
    const fileSystem = this.#fileSystem;
    const paths = await resolveStorePaths(fileSystem, this.location);
    const sidecar = new Sidecar(fileSystem, paths.sidecar, paths.active);
    const durableSeqNotes = new DurableSeqNotes(sidecar);
    const log = new AppendLog({
      fileSystem,
      path: paths.active,
      durability: this.#durability,
      queueBytesMax: this.#options.queueBytesMax ?? QUEUE_BYTES_MAX,
      maintenanceLockPath: sidecar.pathOf("maintenanceLock"),
      limits: this.#rotation,
      now: this.now,
      readSealedSeqs: (identity) => lastSealedSeqs(fileSystem, paths, identity),
      readDurableSeq: async () => {
        const { durableSeq, formatVersion } = await sidecar.readState();
        if (formatVersion > FORMAT_VERSION) throw newerFormat(paths.active, formatVersion);
        return durableSeq;
      },
      onDurable: (seq) => durableSeqNotes.note(seq),
      onWritten: ({ records, bytes, writeSeconds }) => {
        this.count("bytes_written", bytes);
        this.observe("batch_records", records);
        this.observe("write_seconds", writeSeconds);
      },
      onSynced: (seconds) => this.observe("sync_seconds", seconds),
      onSealed: (segment) => {
        this.count("rotations");
        this.#afterSealing(store, segment.path);
      },
      onSealFailed: () => this.count("rotation_errors"),
    });
    const { name: backend, now, heldFilesMax } = this;
    const store = { backend, paths, fileSystem, sidecar, now, heldFilesMax };
    return { ...store, log, durableSeqNotes, measure: new StoreMeasure() };
  }
}

function assertFits(json: string, file: string): void {
  if (fitsLine(json)) return;
  throw new PapyraError(
    "RECORD_TOO_LARGE",
    `Cannot record in "${file}": the record takes more than ${LINE_LIMITS_TEXT}; store large payloads elsewhere and record where`,
    { file },
  );
}
