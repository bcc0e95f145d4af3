/**
 * What counting costs: the same appends, with and without it.
 *
 * @module
 */

import { join } from "node:path";
import { makeEmpty } from "./_empty_directory.ts";
import { count } from "./_numbers.ts";
import { runSubject } from "./_subject.ts";
import type { BenchContext, Variant, Workload } from "./_workload.ts";

const RECORDS = 300_000;

/** Appends that are counted, beside the same that are not; buffered, so that nothing is as slow as a disk. */
export function countedAppend({ directory }: BenchContext): Workload {
  const variants = ([[1, 1000], [1000, 1]] as const).flatMap(([batch, callers]) =>
    [false, true].map((countsMetrics): Variant => {
      const work = join(directory, "counted");
      const path = join(work, "store.ndjson");
      const options = { path, records: RECORDS, durability: "os", batch, callers } as const;
      return {
        name: `${count(batch)} a call, metrics ${countsMetrics ? "on" : "off"}`,
        isPapyra: true,
        prepare: () => makeEmpty(work),
        run: () => runSubject("Deno", "papyra", { ...options, countsMetrics }),
      };
    })
  );
  return {
    name: "Append, counted and not, Deno",
    unit: "records/s",
    about: "What the metrics take.",
    variants,
    goals: [],
  };
}
