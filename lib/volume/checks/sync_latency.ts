/**
 * How long it takes until a batch is on the disk.
 *
 * @module
 */

import { join } from "node:path";
import type { VolumeFinding } from "../../model/volume_report.ts";
import { appendAll } from "../../storage/whole_file.ts";
import { BATCH_BYTES, batchBytes } from "../batches.ts";
import { failed, ok, warning } from "../../model/finding.ts";
import { type Check } from "../check.ts";
import { isVolatile } from "./file_system_type.ts";
import { quantile } from "../quantile.ts";
import { withNewFile } from "../test_file.ts";

const COUNT_MIN = 3;
const COUNT_MAX = 256;
// No way to a disk and back is as short as this.
const SUSPICIOUS_SECONDS = 0.000_03;
const SLOW_SECONDS = 0.1;
const TOO_SLOW_SECONDS = 1;

/** The latency of a write and its sync. */
export const syncLatency: Check = {
  name: "sync",
  isNeeded: true,
  share: 0.4,
  run: ({ fileSystem, scratch, facts, goOn }) =>
    withNewFile(fileSystem, join(scratch, "syncs"), async (file) => {
      const latencies: number[] = [];
      while (latencies.length < COUNT_MAX && (goOn() || latencies.length < COUNT_MIN)) {
        const batch = batchBytes(0, latencies.length);
        const start = performance.now();
        appendAll(file, batch);
        await file.syncData();
        latencies.push((performance.now() - start) / 1000);
      }
      return judgeLatencies(latencies, !isVolatile(facts));
    }),
};

/** Judges latencies, in seconds, on a volume that has a disk or has none. */
export function judgeLatencies(latencies: readonly number[], hasDisk = true): VolumeFinding {
  const sorted = latencies.toSorted((one, other) => one - other);
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) =>
    inMicroseconds(quantile(sorted, share))
  ) as [
    number,
    number,
    number,
  ];
  const figures = {
    count: sorted.length,
    batchBytes: BATCH_BYTES,
    p50Seconds: p50,
    p99Seconds: p99,
    maxSeconds: max,
  };
  const measured = `a write with its sync takes ${milliseconds(p50)} (p50), ` +
    `${milliseconds(p99)} (p99), at most ${milliseconds(max)} of ${sorted.length}`;
  if (hasDisk && p50 < SUSPICIOUS_SECONDS) {
    return warning(
      `${measured}: no disk is that fast, so syncs seem to be ignored`,
      "look for a cache that ignores them: of a virtual machine, a controller, or a preloaded library",
      figures,
    );
  }
  if (p50 >= TOO_SLOW_SECONDS) {
    return failed(
      "interval",
      `${measured}: too long to wait for`,
      "use a faster volume, or --durability interval:5000",
      figures,
    );
  }
  if (p50 < SLOW_SECONDS) return ok(measured, figures);
  return warning(
    `${measured}: whoever waits for a record waits as long`,
    "use a faster volume, or --durability interval:1000",
    figures,
  );
}

// No clock tells more.
function inMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function milliseconds(seconds: number): string {
  return `${Number((seconds * 1000).toPrecision(3))} ms`;
}
