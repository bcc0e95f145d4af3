/**
 * Whether a record takes as long in a large store as in a small one.
 *
 * @module
 */

import { join } from "node:path";
import { count } from "./_numbers.ts";
import { runSubject, type Runtime } from "./_subject.ts";
import type { BenchContext, Variant, Workload } from "./_workload.ts";
import type { SubjectName, SubjectOptions } from "./subject.ts";

const SIZES = [10_000, 300_000, 10_000_000];
const CALLERS = 1000;
const GROWTH_MOST = 1.25;

/** What is done with a store of some size. */
interface Deed {
  readonly name: string;
  readonly subject: SubjectName;
  readonly options: (records: number) => Promise<SubjectOptions>;
}

/** Time per record of what grows with the store, and of what must not, under one runtime. */
export async function growth(context: BenchContext, runtime: Runtime): Promise<Workload[]> {
  return await Promise.all(deeds(context).map((deed) => workloadOf(deed, runtime)));
}

function deeds({ directory, stores }: BenchContext): readonly Deed[] {
  const inStore = async (records: number): Promise<SubjectOptions> => ({
    path: (await stores.ofRecords(records)).path,
    warmUpPath: (await stores.ofRecords(SIZES[0]!)).path,
    records,
  });
  const path = join(directory, "growing", "store.ndjson");
  return [
    {
      name: "append",
      subject: "growingAppend",
      options: (records) => Promise.resolve({ path, records, callers: CALLERS }),
    },
    { name: "scan", subject: "growingScan", options: inStore },
    { name: "newest 50", subject: "growingNewest", options: inStore },
  ];
}

async function workloadOf({ name, subject, options }: Deed, runtime: Runtime): Promise<Workload> {
  const variants: Variant[] = [];
  for (const records of SIZES) {
    const given = await options(records);
    variants.push({
      name: nameOf(records),
      isPapyra: true,
      run: () => runSubject(runtime, subject, given),
    });
  }
  return {
    name: `Time per record, ${name}, ${runtime}`,
    unit: "ns",
    about: "In stores of so many records. The store is open and the runtime has compiled what it " +
      "runs: what a process takes once is left out.",
    variants,
    goals: [{ of: nameOf(SIZES.at(-1)!), against: nameOf(SIZES[0]!), atMost: GROWTH_MOST }],
  };
}

function nameOf(records: number): string {
  return `papyra, ${count(records)} records`;
}
