/**
 * All workloads, by the names that a run is told.
 *
 * @module
 */

import type { ProgramName } from "./_programs.ts";
import { type Runtime, RUNTIMES } from "./_subject.ts";
import type { BenchContext, Workload } from "./_workload.ts";
import { bufferedAppend, durableAppend, durableAppendOfLarge } from "./append.ts";
import { compact } from "./compact.ts";
import { delay } from "./delay.ts";
import { growth } from "./growth.ts";
import { hour } from "./hour.ts";
import { ingest } from "./ingest.ts";
import { countedAppend } from "./metrics.ts";
import { newest } from "./newest.ts";
import { recover } from "./recover.ts";
import { scan } from "./scan.ts";
import { start } from "./start.ts";

/** Workloads that are asked for by one name. */
export interface WorkloadGroup {
  readonly make: (context: BenchContext) => Promise<readonly Workload[]>;
  /** What has to be installed for them. */
  readonly programs: readonly ProgramName[];
  /** Whether the executable is made for them. */
  readonly usesExecutable: boolean;
}

/** All of them, in the order in which they run. */
export const WORKLOADS: { readonly [name: string]: WorkloadGroup } = {
  append: ofModule(underEach(durableAppend)),
  large: ofModule(underEach(durableAppendOfLarge)),
  buffered: ofModule(underEach(bufferedAppend)),
  metrics: ofModule(alone(countedAppend)),
  delay: ofModule(underEach(delay)),
  ingest: ofExecutable(alone(ingest), ["jq"]),
  scan: ofExecutable(alone(scan), ["jq"]),
  compact: ofExecutable(alone(compact)),
  recover: ofExecutable(alone(recover)),
  start: ofExecutable(alone(start), ["node"]),
  newest: ofExecutable(alone(newest), ["node"]),
  hour: ofExecutable(alone(hour), ["jq"]),
  growth: ofModule(underEach(growth)),
};

type Make = WorkloadGroup["make"];

function ofModule(make: Make): WorkloadGroup {
  return { make, programs: [], usesExecutable: false };
}

function ofExecutable(make: Make, programs: readonly ProgramName[] = []): WorkloadGroup {
  return { make, programs, usesExecutable: true };
}

function alone(make: (context: BenchContext) => Workload | Promise<Workload>): Make {
  return async (context) => [await make(context)];
}

function underEach(
  make: (
    context: BenchContext,
    runtime: Runtime,
  ) => Workload | Promise<readonly Workload[]>,
): Make {
  return async (context) => {
    const made: Workload[] = [];
    for (const runtime of RUNTIMES) made.push(...[await make(context, runtime)].flat());
    return made;
  };
}
