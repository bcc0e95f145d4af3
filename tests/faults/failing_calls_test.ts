/** Every call of every workload on a store in one file fails, in every way. */

import { testFailingCalls } from "./_failing_calls.ts";
import { WORKLOADS } from "./_workloads.ts";

for (const workload of WORKLOADS) testFailingCalls(workload);
