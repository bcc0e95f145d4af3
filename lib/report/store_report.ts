/**
 * The report on a store, as data: what pages and documents are made from. Times are Unix seconds, sizes
 * bytes, durations seconds.
 *
 * @module
 */

import type { AnomalyCode, AnomalySeverity } from "../model/anomaly.ts";
import type { CountByKind, StoreDescription } from "../model/report.ts";
import type { RetentionPolicy } from "../model/retention.ts";

/** How a store is, from the best to the worst; `absent` where there is none. */
export type StoreState = "healthy" | "attention" | "damaged" | "absent";

/** How a store is, in one sentence. */
export interface Verdict {
  /** The same in one word. */
  readonly state: StoreState;
  /** What it comes to. */
  readonly sentence: string;
  /** The command to run next; empty where there is nothing to do. */
  readonly next: string;
}

/** Records whose time lies in one period. */
export interface GrowthBucket {
  /** When the period begins. */
  readonly from: number;
  /** Its records, by kind. */
  readonly records: CountByKind;
}

/** How many records each period brought. */
export interface Growth {
  /** How long each period is; 0 where no record has a time. */
  readonly bucketSeconds: number;
  /** The periods without a hole, the oldest first; at most 80. */
  readonly buckets: readonly GrowthBucket[];
  /** Records whose times lie far before these periods. */
  readonly earlier: number;
  /** Records whose times lie far behind them. */
  readonly later: number;
  /** Records without a time. */
  readonly untimed: number;
}

/** How often a type occurs. */
export interface TypeCount {
  /** Its name; the beginning of it, where it is very long. */
  readonly type: string;
  /** Its records. */
  readonly count: number;
}

/** The most frequent types, and what all others come to. */
export interface TypeCounts {
  /** The most frequent, the first first. */
  readonly top: readonly TypeCount[];
  /** Records of all other types. */
  readonly others: number;
  /** How many types there are; null where there are more than can be counted. */
  readonly distinct: number | null;
}

/** What takes the space, and what would be given back. */
export interface SizeReport {
  /** Bytes that the store takes. */
  readonly physicalBytes: number;
  /** Bytes after the next compaction; null where that cannot be told. */
  readonly retainedBytes: number | null;
  /** Bytes that the next compaction would give back; null where that cannot be told. */
  readonly reclaimableBytes: number | null;
  /** Records that it would remove, by kind; null where that cannot be told. */
  readonly expiredRecords: CountByKind | null;
  /** Bytes that belong to no accepted line. */
  readonly damagedBytes: number;
  /** Why the next compaction cannot be told; empty where it can. */
  readonly unknownBecause: string;
}

/** Anomalies of one code in one file or stream. */
export interface AnomalyPlace {
  /** The file or key. */
  readonly file: string;
  /** What they are. */
  readonly code: AnomalyCode;
  /** How bad the worst of them is. */
  readonly severity: AnomalySeverity;
  /** How many there are. */
  readonly count: number;
  /** Byte offset of the first; null where it has no place. */
  readonly offset: number | null;
  /** Line number of the first; null where it has no place. */
  readonly line: number | null;
  /** What is wrong with the first, in words. */
  readonly reason: string;
  /** The command to run next. */
  readonly next: string;
}

/** Everything that the scan found, by place. */
export interface AnomalyReport {
  /** How many there are. */
  readonly total: number;
  /** How many of each code. */
  readonly counts: { readonly [C in AnomalyCode]?: number };
  /** Where they are, errors first; the first 50 places. */
  readonly places: readonly AnomalyPlace[];
  /** Whether there are more places than these. */
  readonly isTruncated: boolean;
}

/** One change that maintenance made. */
export interface OperationSummary {
  /** Id of the receipt. */
  readonly id: string;
  /** When it was about to be made. */
  readonly at: number;
  /** Which operation: `compact`, `recover`, … */
  readonly operation: string;
  /** How it ended. */
  readonly outcome: "done" | "not_done" | "pending";
  /** What it did, in a few words. */
  readonly text: string;
}

/** Why nobody can say when the disk is full. */
export type ForecastGap =
  | "no_disk"
  | "no_store"
  | "too_short"
  | "clock"
  | "not_growing"
  | "shrinking";

/** When the disk is full if the store goes on as it did. */
export interface DiskForecast {
  /** Bytes that can still be written; null where that cannot be told. */
  readonly freeBytes: number | null;
  /** How fast the store grows, what compactions took away counted; null where that cannot be told. */
  readonly bytesPerDay: number | null;
  /** How long the time is that this was measured over. */
  readonly windowSeconds: number;
  /** When nothing is free any more; null where that cannot be told, or does not come. */
  readonly fullAt: number | null;
  /** Why not; null where it can be told. */
  readonly gap: ForecastGap | null;
  /** All of it in one sentence. */
  readonly sentence: string;
}

/** Everything that there is to say of a store. */
export interface StoreReport {
  /** When the report was begun. */
  readonly createdAt: number;
  /** How long it took. */
  readonly durationSeconds: number;
  /** What the store is. */
  readonly description: StoreDescription;
  /** What it is asked to keep. */
  readonly retention: RetentionPolicy;
  /** How it is, in one sentence. */
  readonly verdict: Verdict;
  /** Its records, by kind. */
  readonly records: CountByKind;
  /** The oldest and the newest time in it. */
  readonly timestamps: { readonly min: number; readonly max: number } | null;
  /** Its growth over time. */
  readonly growth: Growth;
  /** Types of its events. */
  readonly eventTypes: TypeCounts;
  /** Types of the messages that nobody received. */
  readonly messageTypes: TypeCounts;
  /** Its size. */
  readonly size: SizeReport;
  /** What is wrong with it. */
  readonly anomalies: AnomalyReport;
  /** The last changes that maintenance made, the newest first; at most 20. */
  readonly operations: readonly OperationSummary[];
  /** When its disk is full. */
  readonly disk: DiskForecast;
}
