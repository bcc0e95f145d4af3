/**
 * Lines through a stream that begins another file now and then.
 *
 * @module
 */

import { basename, dirname } from "node:path";
import { createStream } from "rotating-file-stream";
import { paddedRecord } from "../_sample_record.ts";
import type { SubjectOptions } from "../subject.ts";
import { recordsPerSecond, secondsOf } from "./_timed.ts";
import { writeLines } from "./_stream.ts";

/** Lines a second, until the last is handed to the system. */
export function write(options: SubjectOptions): Promise<number> {
  return recordsPerSecond(options, (path, records) =>
    secondsOf(() => {
      const stream = createStream(basename(path), { path: dirname(path), size: "64M" });
      return writeLines(
        stream,
        records,
        (index) => JSON.stringify(paddedRecord(index, options.paddingBytes)),
      );
    }));
}
