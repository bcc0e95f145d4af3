/**
 * How long a host is held up that writes durably beside its own work.
 *
 * @module
 */

import { join } from "node:path";
import { makeEmpty } from "./_empty_directory.ts";
import { count } from "./_numbers.ts";
import { runSubject, type Runtime } from "./_subject.ts";
import type { BenchContext, Variant, Workload } from "./_workload.ts";
import type { SubjectName, SubjectOptions } from "./subject.ts";

const RECORDS = 600_000;
const CALLERS = 1000;
const BATCH_RECORDS = 1000;
const DELAY_MOST_MS = 10;
const PAPYRA = `papyra, ${count(CALLERS)} callers`;

/** Delays of a timer beside durable appends, under one runtime. */
export function delay({ directory }: BenchContext, runtime: Runtime): Workload {
  const work = join(directory, "delay");
  const path = join(work, "records");
  const variant = (
    name: string,
    subject: SubjectName,
    options: Partial<SubjectOptions>,
  ): Variant => ({
    name,
    isPapyra: name === PAPYRA,
    prepare: () => makeEmpty(work),
    run: () => runSubject(runtime, subject, { path, ...options }),
  });
  const batches = { records: RECORDS, batch: BATCH_RECORDS };
  return {
    name: `Delay of a host's timers, ${runtime}`,
    unit: "ms, p99",
    about:
      "How much later than due a timer of 1 ms fires in the process that writes durably: the " +
      "delay that 99 of 100 stay under. The bare loop blocks while it writes and syncs a batch, " +
      "and gives way after each.",
    variants: [
      variant("idle host", "delayOfNothing", {}),
      variant("bare loop, batches of 1 000", "delayOfBareBatches", batches),
      variant(PAPYRA, "delay", { records: RECORDS, callers: CALLERS }),
    ],
    goals: [{ of: PAPYRA, atMost: DELAY_MOST_MS }],
  };
}
