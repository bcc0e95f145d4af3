/**
 * Every exit code, what it means, and which error leads to which.
 *
 * @module
 */

import { type ErrorCode, PapyraError } from "../errors.ts";
import { osCode } from "../storage/os_error.ts";

/** The exit codes by name. */
export const EXIT = {
  OK: 0,
  ANOMALIES_REFUSED: 1,
  ANOMALIES_FOUND: 2,
  ANOMALIES_REMAIN: 3,
  COPY_DIFFERS: 4,
  NO_SUCH_STORE: 10,
  BUSY: 11,
  TIMED_OUT: 13,
  USAGE: 64,
  BAD_DATA: 65,
  UNREACHABLE: 69,
  DEFECT: 70,
  IO: 74,
  CONFIG: 78,
  INTERRUPTED: 130,
  TERMINATED: 143,
} as const;

/** An exit code. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** What each exit code means, unless a command says it more closely. */
export const EXIT_MEANINGS: { readonly [C in ExitCode]: string } = {
  [EXIT.OK]: "fine",
  [EXIT.ANOMALIES_REFUSED]: "there are anomalies, and the mode is fail_on_anomaly",
  [EXIT.ANOMALIES_FOUND]: "anomalies were found, or remain after `doctor run` recovered",
  [EXIT.ANOMALIES_REMAIN]: "anomalies remain after a recovery",
  [EXIT.COPY_DIFFERS]: "the target does not hold what was copied to it",
  [EXIT.NO_SUCH_STORE]: "there is no store, and --require-store was given",
  [EXIT.BUSY]: "another maintenance run has the store; see --wait",
  [EXIT.TIMED_OUT]: "the time limit of --timeout passed",
  [EXIT.USAGE]: "the command line cannot be used as it stands",
  [EXIT.BAD_DATA]: "the input data cannot be taken",
  [EXIT.UNREACHABLE]: "the store cannot be reached over the network",
  [EXIT.DEFECT]: "a defect of papyra itself",
  [EXIT.IO]: "the operating system refused, or a write failed",
  [EXIT.CONFIG]: "the configuration file cannot be used",
  [EXIT.INTERRUPTED]: "stopped by SIGINT",
  [EXIT.TERMINATED]: "stopped by SIGTERM",
};

const EXIT_OF_ERROR: { readonly [C in ErrorCode]: ExitCode } = {
  INVALID_ARGUMENT: EXIT.USAGE,
  INVALID_CONFIG: EXIT.CONFIG,
  INVALID_RECORD: EXIT.BAD_DATA,
  RECORD_TOO_LARGE: EXIT.BAD_DATA,
  INVALID_INPUT: EXIT.BAD_DATA,
  STORE_CLOSED: EXIT.DEFECT,
  STORE_FAILED: EXIT.IO,
  NOT_WRITTEN: EXIT.IO,
  UNKNOWN: EXIT.IO,
  UNDER_REPLICATED: EXIT.IO,
  UNREACHABLE: EXIT.UNREACHABLE,
  REFUSED: EXIT.IO,
  LOCK_UNSUPPORTED: EXIT.IO,
  BUSY: EXIT.BUSY,
  TIMED_OUT: EXIT.TIMED_OUT,
  ABORTED: EXIT.INTERRUPTED,
  NO_SUCH_STORE: EXIT.NO_SUCH_STORE,
  NO_SUCH_GROUP: EXIT.NO_SUCH_STORE,
  NO_SUCH_CONSUMER: EXIT.NO_SUCH_STORE,
  NOT_A_STORE: EXIT.IO,
  UNSUPPORTED_VERSION: EXIT.IO,
  UNSUPPORTED: EXIT.USAGE,
  SEQUENCE_RESET: EXIT.BAD_DATA,
  COPY_DIFFERS: EXIT.COPY_DIFFERS,
  ANOMALIES_FOUND: EXIT.ANOMALIES_REFUSED,
  ANOMALIES_REMAIN: EXIT.ANOMALIES_REMAIN,
  IO_ERROR: EXIT.IO,
};

/** The exit code for whatever was thrown. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof PapyraError) return EXIT_OF_ERROR[error.code];
  return osCode(error) !== null ? EXIT.IO : EXIT.DEFECT;
}
