/**
 * What a log is given to write.
 *
 * @module
 */

import type { WriteRequest, WrittenRange } from "./write_queue.ts";

/** A record for a log. */
export interface LogRecord {
  /** The JSON of an object, without `seq` and `crc`. */
  readonly json: string;
}

/** One caller's records for a log. */
export type LogRequest = WriteRequest<LogRecord, WrittenRange>;
