/**
 * Records as entries of a LevelDB.
 *
 * @module
 */

import { ClassicLevel } from "classic-level";
import { paddedRecord } from "../_sample_record.ts";
import type { SubjectOptions } from "../subject.ts";
import { recordsPerSecond, secondsOf } from "./_timed.ts";

const KEY_DIGITS = 16;

/** Entries a second, in synced batches. */
export function put(options: SubjectOptions): Promise<number> {
  const { batch = 1, paddingBytes = 0 } = options;
  return recordsPerSecond(options, async (path, records) => {
    const database = new ClassicLevel<string, string>(path);
    await database.open();
    try {
      return await secondsOf(async () => {
        for (let seq = 1; seq <= records; seq += batch) {
          const entries = Array.from({ length: batch }, (_, index) => ({
            type: "put" as const,
            key: String(seq + index).padStart(KEY_DIGITS, "0"),
            value: JSON.stringify(paddedRecord(seq + index, paddingBytes)),
          }));
          await database.batch(entries, { sync: true });
        }
      });
    } finally {
      await database.close();
    }
  });
}
