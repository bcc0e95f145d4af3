/**
 * Lines from standard input into a durable store, through the executable.
 *
 * @module
 */

import { join } from "node:path";
import { papyra, ratedCommand } from "./_command.ts";
import { makeEmpty } from "./_empty_directory.ts";
import { runSubject } from "./_subject.ts";
import type { BenchContext, Variant, Workload } from "./_workload.ts";

const BATCH_RECORDS = 1000;

/** Ingest beside `jq`, which copies the same lines, and beside a loop that has its records at hand. */
export async function ingest({ directory, stores }: BenchContext): Promise<Workload> {
  const { path: input, records } = await stores.input();
  const work = join(directory, "ingest");
  const output = join(work, "output.ndjson");
  const prepare = (): void => makeEmpty(work);
  const jq = ratedCommand({
    name: "jq -c . and sync",
    prepare,
    commands: [
      { run: ["jq", "-c", "."], stdin: input, stdout: output },
      { run: ["sync", output] },
    ],
  }, records);
  const executable = ratedCommand({
    name: "papyra ingest",
    isPapyra: true,
    prepare,
    commands: [papyra(["ingest", "--path", output], { stdin: input })],
  }, records);
  const bare: Variant = {
    name: "bare loop, batches of 1 000, Bun",
    prepare,
    run: () =>
      runSubject("Bun", "bareBatches", {
        path: output,
        // It writes whole batches.
        records: Math.ceil(records / BATCH_RECORDS) * BATCH_RECORDS,
        batch: BATCH_RECORDS,
      }),
  };
  return {
    name: "Ingest, executable",
    unit: "records/s",
    about: "Lines from a file on standard input, each parsed, checked, numbered and synced. " +
      "Processes are measured from start to end; the bare loop reads and parses nothing.",
    variants: [jq, bare, executable],
    goals: [],
  };
}
