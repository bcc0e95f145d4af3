/**
 * What a scan can find wrong with a store.
 *
 * @module
 */

/** `error` makes a store unhealthy; `warning` is told and changes nothing. */
export type AnomalySeverity = "error" | "warning";

/** Every kind of anomaly with its usual severity. The first five are the original's. */
export const ANOMALY_SEVERITIES = {
  /** The last line is a fragment: a write was cut short. */
  TRUNCATED_LINE: "error",
  /** A fragment in the middle, perhaps with a record glued behind it. */
  PARTIAL_WRITE: "error",
  /** A line that is not JSON. */
  CORRUPTED_LINE: "error",
  /** A rotated file of the original's, before which the numbers have a hole. */
  ORPHANED_ROTATED_FILE: "warning",
  /** A file that has, or nearly has, a name of the store's, and does not belong where it is. */
  UNEXPECTED_FILE: "warning",
  /** A line's checksum does not match its bytes. */
  CHECKSUM_MISMATCH: "error",
  /** A line holds bytes that are not UTF-8. */
  INVALID_UTF8: "error",
  /** A line holds NUL bytes, as a file system leaves them after a power cut. */
  NUL_PADDING: "error",
  /** A line is JSON, but not an object with a kind. */
  NOT_A_RECORD: "error",
  /** A record of a kind that this version does not know; kept. */
  UNKNOWN_KIND: "warning",
  /** Sequence numbers are missing, and nothing in the store says why. */
  SEQUENCE_GAP: "error",
  /** A sequence number stands twice: an error where the lines are identical, else a warning. */
  DUPLICATE_SEQUENCE: "error",
  /** A sequence number stands behind a larger one. */
  OUT_OF_ORDER_SEQUENCE: "warning",
  /** A line is longer, or holds more, than a record may. */
  OVERSIZED_LINE: "error",
  /** The sidecar shows that there was a store, and it is gone. */
  MISSING_STORE: "error",
  /** A temporary file that an interrupted maintenance run left behind. */
  LEFTOVER_TEMP_FILE: "warning",
  /** Lines hold NaN or Infinity, which Python writes and JSON does not know; read as null. */
  NON_FINITE_NUMBER: "warning",
  /** Lines were written again, or removed, by another tool than this. */
  REWRITTEN_BY_OTHER_TOOL: "warning",
  /** An entry of a Redis stream has no record in it. */
  MISSING_DATA: "error",
  /** A key of the store on Redis holds something else than a stream. */
  WRONG_KEY_TYPE: "error",
  /** A consumer group waits for the acknowledgement of an entry that is gone from its Redis stream. */
  DANGLING_PENDING: "warning",
} as const satisfies Record<string, AnomalySeverity>;

/** The stable name of an anomaly's kind. */
export type AnomalyCode = keyof typeof ANOMALY_SEVERITIES;

/** One thing that a scan found. */
export interface Anomaly {
  /** What it is. */
  readonly code: AnomalyCode;
  /** Whether it makes the store unhealthy. */
  readonly severity: AnomalySeverity;
  /** The file, or key, that it was found in. */
  readonly file: string;
  /** Byte offset of its first byte, where it has a place. */
  readonly offset: number | null;
  /** Its length in bytes, where it has a place. */
  readonly length: number | null;
  /** Its line number, from 1, where it has a place. */
  readonly line: number | null;
  /** The sequence number concerned, where one is known. */
  readonly seq: number | null;
  /** The id of the entry concerned; only of streams on Redis. */
  readonly entry?: string;
  /** What is wrong, in words. */
  readonly reason: string;
  /** The command to run next. */
  readonly next: string;
}
