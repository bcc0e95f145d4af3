/**
 * What operations on a store report. Plain data; times are Unix seconds, sizes bytes.
 *
 * @module
 */

import type { Anomaly, AnomalyCode } from "./anomaly.ts";
import type { Compression } from "./compression.ts";
import type { RecoveryMode } from "./mode.ts";
import type { RecordKind } from "./record.ts";

/** A number for each kind of record. */
export type CountByKind = { readonly [K in RecordKind]: number };

/** From the smallest to the largest; null where there is none. */
export interface Bounds {
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
}

/** What an earlier scan vouches for in a later one's report. */
export interface ReusedScan {
  /** Segments that were found in order then, are unchanged since, and were not read again. */
  readonly segments: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Their largest sequence number. */
  readonly upToSeq: number | null;
  /** When the one was read whose verdict is the oldest, Unix seconds. */
  readonly verifiedSince: number;
}

/** What a scan found. Every byte of the store was read, but for what an earlier scan vouches for. */
export interface ScanReport {
  /** Name of the backend's class. */
  readonly backend: string;
  /** Where the store is; never with a password. */
  readonly store: string;
  /** False where the store was never written. */
  readonly exists: boolean;
  /** True when there is no anomaly of severity `error`. */
  readonly healthy: boolean;
  /** The anomalies in the order in which they stand, as many as there is room for. */
  readonly anomalies: readonly Anomaly[];
  /** Anomalies found of each code, those without details included. */
  readonly anomalyCounts: { readonly [C in AnomalyCode]?: number };
  /** Anomalies found in all. */
  readonly anomaliesTotal: number;
  /** True when there were more anomalies than details kept. */
  readonly detailsTruncated: boolean;
  /** Records that can be read, by kind. */
  readonly records: CountByKind;
  /** Records of kinds that this version does not know. */
  readonly recordsOfUnknownKind: number;
  /** Lines without sequence number and checksum, accepted. */
  readonly foreignLines: number;
  /** Lines that another tool serialised again, accepted. */
  readonly rewrittenLines: number;
  /** Bytes of the store. */
  readonly bytes: number;
  /** What was not read again; null where everything was read. */
  readonly reused: ReusedScan | null;
  /** Only the newest so many entries of each stream were looked at; left out where all were. */
  readonly sampleEntries?: number;
  /** Bytes that belong to no accepted line. */
  readonly damagedBytes: number;
  /** Sequence numbers found. */
  readonly seqs: Bounds | null;
  /** Timestamps found. */
  readonly timestamps: Bounds | null;
  /** When the scan began. */
  readonly startedAt: number;
  /** How long it took. */
  readonly durationSeconds: number;
}

/** What was done with one range of bytes that a recovery removed. */
export interface RemovedRange {
  /** The file. */
  readonly file: string;
  /** Byte offset in the file as it was; 0 for an entry of a stream. */
  readonly offset: number;
  /** Its length in bytes. */
  readonly length: number;
  /** Why it was removed. */
  readonly code: AnomalyCode;
  /** The id of the entry; only of streams on Redis. */
  readonly entry?: string;
}

/** What a recovery would do. */
export interface RecoveryPlan {
  /** The mode asked for. */
  readonly mode: RecoveryMode;
  /** The scan that the plan rests on. */
  readonly scan: ScanReport;
  /** Whether executing it changes the store. */
  readonly changes: boolean;
  /** What executing it does, a sentence a line. */
  readonly steps: readonly string[];
}

/** What a recovery did. */
export interface RecoveryReport {
  /** Name of the backend's class. */
  readonly backend: string;
  /** Where the store is. */
  readonly store: string;
  /** The mode asked for. */
  readonly mode: RecoveryMode;
  /** Whether the store was changed. */
  readonly changed: boolean;
  /** The scan before. */
  readonly before: ScanReport;
  /** The scan after: the result. */
  readonly after: ScanReport;
  /** Ranges of bytes removed. */
  readonly removedRanges: number;
  /** Bytes removed. */
  readonly removedBytes: number;
  /** The first removed ranges, at most 1000. */
  readonly removed: readonly RemovedRange[];
  /** The removed bytes that could be stored nowhere, base64; empty but on a full disk. */
  readonly unstored: string;
  /** Paths of originals, or of removed bytes, that were put aside. */
  readonly kept: readonly string[];
  /** Temporary files of interrupted runs that were removed. */
  readonly leftoversRemoved: readonly string[];
  /** Entries that are gone and were acknowledged for the groups that waited; only on Redis, where asked for. */
  readonly acknowledged?: number;
  /** Id of the receipt; null where nothing was changed. Those of further files have `.2`, … behind it. */
  readonly receipt: string | null;
  /** How long it took. */
  readonly durationSeconds: number;
}

/** What a compaction removes or removed, for one kind. */
export interface CompactionCounts {
  /** Records before. */
  readonly beforeRecords: number;
  /** Records after. */
  readonly afterRecords: number;
  /** Records removed. */
  readonly removedRecords: number;
  /** Bytes of the removed records, newlines included. */
  readonly removedBytes: number;
  /** Sequence numbers removed, from the smallest to the largest. */
  readonly removedSeqs: Bounds | null;
  /** Timestamps removed, from the smallest to the largest. */
  readonly removedTimestamps: Bounds | null;
}

/** What a compaction compressed, or with a dry run would compress. */
export interface CompressionCounts {
  /** How. */
  readonly form: Compression;
  /** Segments that were compressed. */
  readonly segments: number;
  /** Segments that had been compressed before, in either form, and are as they were. */
  readonly segmentsBefore: number;
  /** Segments left as they are: a scan says why, and `recover` mends those that are damaged. */
  readonly segmentsLeft: number;
  /** What the compressed segments took before. */
  readonly beforeBytes: number;
  /** What they take now; null with a dry run. */
  readonly afterBytes: number | null;
}

/** Expired entries that stay because a consumer group still needs them. */
export interface HeldBack {
  /** The stream. */
  readonly key: string;
  /** The group that has not read or not acknowledged them. */
  readonly group: string;
  /** The consumer that the oldest of them was given to; null where nobody has read it. */
  readonly consumer: string | null;
  /** The id of the oldest of them. */
  readonly oldestEntry: string;
  /** How many entries it holds back. */
  readonly records: number;
}

/** What a compaction did, or with a dry run would do. */
export interface CompactionReport {
  /** Name of the backend's class. */
  readonly backend: string;
  /** Where the store is. */
  readonly store: string;
  /** True for a plan that was not executed. */
  readonly dryRun: boolean;
  /** Whether the store was changed. */
  readonly changed: boolean;
  /** Records before. */
  readonly beforeRecords: number;
  /** Records after. */
  readonly afterRecords: number;
  /** Bytes before. */
  readonly beforeBytes: number;
  /** Bytes after. */
  readonly afterBytes: number;
  /** Records removed. */
  readonly removedRecords: number;
  /** Bytes given back; negative where a checkpoint took more than was removed. */
  readonly reclaimedBytes: number;
  /** The same for each kind. */
  readonly byKind: { readonly [K in RecordKind]: CompactionCounts };
  /** Records kept although their timestamp lies in the future. */
  readonly futureRecords: number;
  /** Damaged lines that were kept as they are; `recover` deals with them. */
  readonly damagedLines: number;
  /** What was compressed; null where that was not asked for. */
  readonly compression: CompressionCounts | null;
  /** What consumer groups hold back, the group that holds back most of each stream; only on Redis. */
  readonly heldBack?: readonly HeldBack[];
  /** Expired records that an approximate trim left; only on Redis. */
  readonly keptByTrim?: number;
  /** Id of the receipt; null where nothing was changed. Those of further files have `.2`, … behind it. */
  readonly receipt: string | null;
  /** How long it took. */
  readonly durationSeconds: number;
}

/** What a rotation sealed. */
export interface RotationReport {
  /** Name of the backend's class. */
  readonly backend: string;
  /** Where the store is. */
  readonly store: string;
  /** The segment; null where the active file held no numbered record, and stayed as it is. */
  readonly segment: {
    /** Where it is. */
    readonly path: string;
    /** Its size. */
    readonly bytes: number;
    /** The first sequence number in it. */
    readonly firstSeq: number;
    /** The last sequence number in it. */
    readonly lastSeq: number;
  } | null;
}

/** One change that maintenance made to a store. */
export interface Receipt {
  /** Unique name of the change. */
  readonly id: string;
  /** When it was about to be made. */
  readonly at: number;
  /** Which operation: `compact`, `recover`, … */
  readonly operation: string;
  /** How it ended; `pending` until a later run settles it. */
  readonly outcome: "done" | "not_done" | "pending";
  /** Everything else that the operation wrote down. */
  readonly details: { readonly [key: string]: unknown };
}

/** What the sealed segments of a store hold, as their summaries tell. */
export interface SegmentsDescription {
  /** How many there are. */
  readonly count: number;
  /** How many of them have a summary; the others are not counted in what follows. */
  readonly summarized: number;
  /** Their records, by kind. */
  readonly records: CountByKind;
  /** Their sequence numbers. */
  readonly seqs: Bounds | null;
  /** Their timestamps. */
  readonly timestamps: Bounds | null;
}

/** What a store is and holds, told without reading all of it. */
export interface StoreDescription {
  /** Name of the backend's class. */
  readonly backend: string;
  /** Where the store is. */
  readonly store: string;
  /** False where the store was never written. */
  readonly exists: boolean;
  /** Bytes that the store takes. */
  readonly bytes: number;
  /** What its sealed segments hold; null where they were not asked for, or where it has none. */
  readonly segments: SegmentsDescription | null;
  /**
   * Bytes that this user may still write where the store lies; null where that was not asked for, or
   * cannot be told, as of a server or of memory.
   */
  readonly freeBytes: number | null;
}
