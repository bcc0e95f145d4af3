/**
 * Appends through the module.
 *
 * @module
 */

import { openStore } from "../../../mod.ts";
import { paddedRecord } from "../_sample_record.ts";
import type { SubjectOptions } from "../subject.ts";
import { recordsPerSecond, secondsOf } from "./_timed.ts";

/** Records a second, each call acknowledged to a caller of its own. */
export function append(options: SubjectOptions): Promise<number> {
  const { callers = 1, batch = 1, durability = "always", countsMetrics = true } = options;
  return recordsPerSecond(options, async (path, records) => {
    await using store = await openStore({ url: `file:${path}`, durability, countsMetrics });
    const calls = Math.ceil(records / callers / batch);
    const callAgainAndAgain = async (): Promise<void> => {
      for (let call = 0; call < calls; call++) {
        await store.recordMany(recordsFrom(call * batch, batch, options));
      }
    };
    return await secondsOf(async () => {
      await Promise.all(Array.from({ length: callers }, callAgainAndAgain));
    });
  });
}

function recordsFrom(first: number, count: number, { paddingBytes }: SubjectOptions) {
  if (count === 1) return [paddedRecord(first, paddingBytes)];
  return Array.from({ length: count }, (_, index) => paddedRecord(first + index, paddingBytes));
}
