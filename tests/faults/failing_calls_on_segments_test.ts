/** Every call of every workload on segments fails, compressed ones too; a file of its own, to run beside the other. */

import { COMPRESSION_WORKLOADS } from "./_compression_workloads.ts";
import { testFailingCalls } from "./_failing_calls.ts";
import { SEGMENT_WORKLOADS } from "./_segment_workloads.ts";

for (const workload of [...SEGMENT_WORKLOADS, ...COMPRESSION_WORKLOADS]) testFailingCalls(workload);
