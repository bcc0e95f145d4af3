/**
 * The metrics of a store at one moment: the document `papyra.metrics/v1`. Its names are those of the
 * original, in the module as in JSON.
 *
 * @module
 */

import type { AnomalyCode } from "../model/anomaly.ts";
import type { RecordKind } from "../model/record.ts";
import type { CountByKind } from "../model/report.ts";

/** The name of the document. */
export const METRICS_SCHEMA = "papyra.metrics/v1";

/** The counters: the original's ten, two that it only documented, and those that are new. */
export const COUNTER_NAMES = [
  "records_written",
  "bytes_written",
  "records_read",
  "scans",
  "anomalies_detected",
  "recoveries",
  "compactions",
  "write_errors",
  "read_errors",
  "scan_errors",
  "recovery_errors",
  "compaction_errors",
  "rotations",
  "rotation_errors",
  "records_skipped",
  "records_dropped",
  "records_removed",
  "bytes_reclaimed",
] as const;

/** The name of a counter. */
export type CounterName = typeof COUNTER_NAMES[number];

/** The value of every counter. */
export type CounterValues = { readonly [N in CounterName]: number };

/** Why a line was passed over: a read found it damaged, or it came in and was none to record. */
export const SKIP_REASONS = ["damaged", "invalid_input"] as const;

/** Why a line was passed over. */
export type SkipReason = typeof SKIP_REASONS[number];

/** Why a recorder gave up a record. */
export const DROP_REASONS = ["queue_full", "invalid", "refused", "unknown", "closed"] as const;

/** Why maintenance removed a record. */
export const REMOVAL_REASONS = ["retention", "max_files", "repair", "quarantine"] as const;

/** Why maintenance removed a record. */
export type RemovalReason = typeof REMOVAL_REASONS[number];

/** The kind of a record that was removed; nobody knows that of damaged ones. */
export type RemovedKind = RecordKind | "unknown";

/** A number for each of several names. */
export type CountBy<N extends string> = { readonly [K in N]: number };

/** What some counters consist of. What was counted before there were kinds is in none of them. */
export interface CounterBreakdown {
  /** By kind. */
  readonly records_written: CountByKind;
  /** By kind. */
  readonly records_read: CountByKind;
  /** By reason. */
  readonly records_skipped: CountBy<SkipReason>;
  /** By kind and reason. */
  readonly records_dropped: {
    readonly [K in RecordKind]: CountBy<typeof DROP_REASONS[number]>;
  };
  /** By kind and reason. */
  readonly records_removed: { readonly [K in RemovedKind]: CountBy<RemovalReason> };
}

/** How values are distributed. */
export interface Histogram {
  /** The upper bounds of its buckets, themselves included, ascending; the last bucket has none. */
  readonly bounds: readonly number[];
  /** The values in each bucket, not those below it; one more than bounds. */
  readonly counts: readonly number[];
  /** All values. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
}

/** What is measured: `_seconds` of one write of a batch, one sync, one run; records in a batch. */
export const HISTOGRAM_NAMES = [
  "write_seconds",
  "sync_seconds",
  "scan_seconds",
  "compaction_seconds",
  "recovery_seconds",
  "batch_records",
] as const;

/** The name of a histogram. */
export type HistogramName = typeof HISTOGRAM_NAMES[number];

/** A run of maintenance. */
export interface LastRun {
  /** When it ended, Unix seconds. */
  readonly at: number;
  /** How long it took. */
  readonly duration_seconds: number;
  /** Whether it came to its end and, of a scan or recovery, found or left the store healthy. */
  readonly is_success: boolean;
  /** When one last did, Unix seconds; null where none did yet. */
  readonly success_at: number | null;
}

/** A scan. */
export interface LastScan extends LastRun {
  /** The anomalies of the last scan that came to its end, by code; those that it found none of are left out. */
  readonly anomaly_counts: { readonly [C in AnomalyCode]?: number };
}

/** Whether counters outlive the process that counts. */
export interface TotalsState {
  /**
   * `kept`; `none` where nothing was kept yet; `broken` where what was kept cannot be read, and is begun
   * anew with the next count; `newer` where a newer version of Papyra keeps them, which is only read;
   * `unsaved` where this process cannot add to them.
   */
  readonly state: "kept" | "none" | "broken" | "newer" | "unsaved";
  /** Why, in words; null where there is nothing to explain. */
  readonly reason: string | null;
  /** Since when they count, Unix seconds; null where nobody knows. */
  readonly since: number | null;
  /** How often what was kept could not be read, and was begun anew. */
  readonly restarts: number;
}

/** How a store is at the moment of the snapshot. */
export interface StoreGauges {
  /** False where it was never written. */
  readonly exists: boolean;
  /** Records that it holds, by kind; also those that retention has expired and nobody has removed yet. */
  readonly records: CountByKind;
  /** Bytes that it takes; on Redis, of memory. */
  readonly bytes: number;
  /** The smallest timestamp of each kind, Unix seconds; null where there is none. On Redis, of the oldest entry. */
  readonly oldest_at: { readonly [K in RecordKind]: number | null };
  /** The largest timestamp of each kind; null where there is none. On Redis, of the newest entry. */
  readonly newest_at: { readonly [K in RecordKind]: number | null };
  /** What retention keeps of it, which a compaction would leave; null where that was not asked for. */
  readonly retained: RetainedGauges | null;
  /** Files beside the active one; null where there are no files. */
  readonly segments: number | null;
  /** What recoveries put aside beside the store: bytes of files, on Redis of memory. */
  readonly quarantine_bytes: number;
  /** Bytes that can still be written where it lies; null where that cannot be told. */
  readonly disk_free_bytes: number | null;
  /** What waits in this process to be written. */
  readonly queue: QueueGauges;
}

/** What retention keeps. */
export interface RetainedGauges {
  /** Records by kind. */
  readonly records: CountByKind;
  /** Bytes of the store after a compaction. */
  readonly bytes: number;
}

/** What waits to be written. */
export interface QueueGauges {
  /** Records. */
  readonly records: number;
  /** About how many bytes they take. */
  readonly bytes: number;
}

/** The metrics of a store at one moment, counted by every process that used it. */
export interface MetricsSnapshot extends CounterValues {
  /** The name of the document. */
  readonly schema: typeof METRICS_SCHEMA;
  /** Where the store is; never with a password. */
  readonly store: string;
  /** Name of the backend's class. */
  readonly backend: string;
  /** When it was taken, Unix seconds. */
  readonly taken_at: number;
  /** Whether counters outlive this process. */
  readonly totals: TotalsState;
  /** What some counters consist of. */
  readonly breakdown: CounterBreakdown;
  /** How long things took, and how large batches were. */
  readonly histograms: { readonly [N in HistogramName]: Histogram };
  /** The last runs of maintenance; null where there was none. */
  readonly last: {
    readonly scan: LastScan | null;
    readonly recovery: LastRun | null;
    readonly compaction: LastRun | null;
  };
  /** How the store is; null where that was not asked for. */
  readonly gauges: StoreGauges | null;
}
