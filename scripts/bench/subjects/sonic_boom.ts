/**
 * Lines through the stream that the fastest loggers write with. Nobody is told when a line is written.
 *
 * @module
 */

// Its types tell of names that a module of the old kind does not have here.
import sonicBoom from "sonic-boom";
import { paddedRecord } from "../_sample_record.ts";
import type { SubjectOptions } from "../subject.ts";
import { recordsPerSecond, secondsOf } from "./_timed.ts";
import { writeLines } from "./_stream.ts";

// What its own documentation recommends where lines may wait.
const MIN_LENGTH_BYTES = 4096;

/** Lines a second, until the last is handed to the system. */
export function write(options: SubjectOptions): Promise<number> {
  return recordsPerSecond(options, (path, records) =>
    secondsOf(() => {
      const stream = new sonicBoom.SonicBoom({
        dest: path,
        sync: false,
        minLength: MIN_LENGTH_BYTES,
      });
      return writeLines(
        stream,
        records,
        (index) => JSON.stringify(paddedRecord(index, options.paddingBytes)),
      );
    }));
}
