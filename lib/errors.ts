/**
 * The one error class of Papyra. Callers tell cases apart by {@linkcode PapyraError.code}, which
 * does not change between major versions; messages may.
 *
 * @module
 */

/** Stable identifiers of everything that can go wrong in operation. */
export type ErrorCode =
  /** The caller gave an argument, option or mode that cannot be used. */
  | "INVALID_ARGUMENT"
  /** A configuration file or value is wrong. */
  | "INVALID_CONFIG"
  /** A record is not one: wrong type, a number that is not finite, a payload that is not JSON. */
  | "INVALID_RECORD"
  /** A record is larger, or holds more, than a line may. */
  | "RECORD_TOO_LARGE"
  /** A line of input data cannot be taken. */
  | "INVALID_INPUT"
  /** The store was closed before the call. */
  | "STORE_CLOSED"
  /** An earlier sync failed: the store takes no writes until it is opened again. */
  | "STORE_FAILED"
  /** The write surely did not happen. */
  | "NOT_WRITTEN"
  /** The write may or may not have happened. */
  | "UNKNOWN"
  /** The write happened, and fewer replicas than asked for are known to have it. */
  | "UNDER_REPLICATED"
  /** The store's server cannot be reached, or lets nobody in. */
  | "UNREACHABLE"
  /** The store's server refused a command: no rights, no memory, a replica that takes no writes. */
  | "REFUSED"
  /** This runtime or file system has no flock. */
  | "LOCK_UNSUPPORTED"
  /** Another maintenance run has the store. */
  | "BUSY"
  /** A time limit passed. */
  | "TIMED_OUT"
  /** The caller's AbortSignal fired. */
  | "ABORTED"
  /** There is no store at the given place. */
  | "NO_SUCH_STORE"
  /** The stream has no consumer group of that name. */
  | "NO_SUCH_GROUP"
  /** The consumer group has no consumer of that name. */
  | "NO_SUCH_CONSUMER"
  /** The path names something that cannot be a store file. */
  | "NOT_A_STORE"
  /** The store's format is newer than this version writes. */
  | "UNSUPPORTED_VERSION"
  /** The backend cannot do this; ask `backendCapabilities()`. */
  | "UNSUPPORTED"
  /** A store's sequence numbers went back while it was followed, or between two copies of it: it was made anew, restored or cut. */
  | "SEQUENCE_RESET"
  /** A store does not hold what was copied to it. */
  | "COPY_DIFFERS"
  /** The store has anomalies and the caller asked to fail on them. */
  | "ANOMALIES_FOUND"
  /** Anomalies remain after a recovery. */
  | "ANOMALIES_REMAIN"
  /** The operating system refused a file operation. */
  | "IO_ERROR";

/** Where in a store an error happened, as far as that is known. */
export interface ErrorPosition {
  /** Path of the file. */
  readonly file?: string;
  /** Byte offset in that file. */
  readonly offset?: number;
  /** Line number, from 1. */
  readonly line?: number;
  /** Sequence number of the record. */
  readonly seq?: number;
}

/** Options of {@linkcode PapyraError}. */
export interface PapyraErrorOptions extends ErrorPosition {
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * An operating error with a stable code and, where there is one, a position.
 *
 * @example
 * ```ts
 * import { PapyraError } from "@papyra/papyra";
 *
 * const error = new PapyraError("BUSY", "Cannot compact: another run has the store");
 * console.log(error.code); // "BUSY"
 * ```
 */
export class PapyraError extends Error {
  /** Always `PapyraError`. */
  override readonly name = "PapyraError";
  /** Stable identifier of the case. */
  readonly code: ErrorCode;
  /** Path of the file concerned. */
  readonly file: string | undefined;
  /** Byte offset in that file. */
  readonly offset: number | undefined;
  /** Line number, from 1. */
  readonly line: number | undefined;
  /** Sequence number of the record concerned. */
  readonly seq: number | undefined;

  /**
   * Makes an error.
   *
   * @param message what failed and what to do next, without a full stop at the end
   */
  constructor(code: ErrorCode, message: string, options: PapyraErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.file = options.file;
    this.offset = options.offset;
    this.line = options.line;
    this.seq = options.seq;
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Throws ABORTED (or the PapyraError given as the reason) once `signal` has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** The error that stands for a fired `signal`. */
export function abortError(signal: AbortSignal): PapyraError {
  const reason: unknown = signal.reason;
  if (reason instanceof PapyraError) return reason;
  if (reason instanceof DOMException && reason.name === "TimeoutError") {
    return new PapyraError("TIMED_OUT", "Stopped: the time limit passed", { cause: reason });
  }
  return new PapyraError("ABORTED", "Stopped before the end, as asked", { cause: reason });
}

/** Waits for `work`, or throws ABORTED once the signal fires; the work goes on. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
