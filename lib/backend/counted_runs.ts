/**
 * Counts runs of maintenance, measures how long they take, and marks the last one of each.
 *
 * @module
 */

import { counterPlace, removedPlace } from "../metrics/series.ts";
import type { MarkedRun } from "../metrics/share.ts";
import type { CounterName } from "../metrics/snapshot.ts";
import { ANOMALY_SEVERITIES, type AnomalyCode } from "../model/anomaly.ts";
import { RECORD_KINDS } from "../model/record.ts";
import type { CompactionReport, RecoveryReport, ScanReport } from "../model/report.ts";
import { type SpanFacts, traced } from "../telemetry/traced.ts";
import type { MetricsKeeper } from "./metrics_keeper.ts";

interface RunNames {
  readonly done: CounterName;
  readonly failed: CounterName;
}

const NAMES: { readonly [R in MarkedRun]: RunNames } = {
  scan: { done: "scans", failed: "scan_errors" },
  recovery: { done: "recoveries", failed: "recovery_errors" },
  compaction: { done: "compactions", failed: "compaction_errors" },
};

/** What is run, and what a span tells of it. */
interface Work<T> {
  readonly body: () => Promise<T>;
  readonly factsOf: (report: T) => SpanFacts;
}

/** The runs of one store. */
export class CountedRuns {
  readonly #metrics: MetricsKeeper;
  readonly #now: () => number;
  readonly #store: { readonly name: string };

  /**
   * @param now the clock, in Unix seconds; durations are not taken from it
   * @param store whose runs they are
   */
  constructor(metrics: MetricsKeeper, now: () => number, store: { readonly name: string }) {
    this.#metrics = metrics;
    this.#now = now;
    this.#store = store;
  }

  /** Counts a scan and what it finds. */
  scan(body: () => Promise<ScanReport>): Promise<ScanReport> {
    return this.#run("scan", { body, factsOf: scanFacts }, (report) => {
      this.#metrics.count("anomalies_detected", report.anomaliesTotal);
      this.#metrics.mark(anomalyMarks(report));
      return report.healthy;
    });
  }

  /** Counts a recovery and what it removes. */
  recovery(body: () => Promise<RecoveryReport>): Promise<RecoveryReport> {
    return this.#run(
      "recovery",
      { body, factsOf: recoveryFacts },
      ({ mode, removedRanges, after }) => {
        const reason = mode === "quarantine" ? "quarantine" : "repair";
        this.#metrics.add(removedPlace("unknown", reason), removedRanges);
        return after.healthy;
      },
    );
  }

  /** Counts a compaction and what it removes. */
  compaction(body: () => Promise<CompactionReport>): Promise<CompactionReport> {
    return this.#run("compaction", { body, factsOf: compactionFacts }, (report) => {
      countRemoved(this.#metrics, report, "retention");
      return true;
    });
  }

  #run<T>(run: MarkedRun, work: Work<T>, isSuccess: (report: T) => boolean): Promise<T> {
    const body = () => this.#count(run, work.body, isSuccess);
    return traced(`papyra.${run}`, { backend: this.#store.name }, body, work.factsOf);
  }

  async #count<T>(
    run: MarkedRun,
    body: () => Promise<T>,
    isSuccess: (report: T) => boolean,
  ): Promise<T> {
    const began = performance.now();
    try {
      const report = await body();
      const seconds = (performance.now() - began) / 1000;
      this.#metrics.count(NAMES[run].done);
      this.#metrics.observe(`${run}_seconds`, seconds);
      this.#mark(run, seconds, isSuccess(report));
      return report;
    } catch (error) {
      this.#metrics.count(NAMES[run].failed);
      this.#mark(run, (performance.now() - began) / 1000, false);
      throw error;
    }
  }

  #mark(run: MarkedRun, seconds: number, isSuccess: boolean): void {
    const at = this.#now();
    this.#metrics.mark({
      [`${run}.at`]: at,
      [`${run}.duration_seconds`]: seconds,
      [`${run}.is_success`]: Number(isSuccess),
      ...(isSuccess ? { [`${run}.success_at`]: at } : {}),
    });
  }
}

/** Counts the records that left a store for a reason, and the bytes that it gave back. */
export function countRemoved(
  metrics: Pick<MetricsKeeper, "add">,
  { byKind, reclaimedBytes }: CompactionReport,
  reason: "retention" | "max_files",
): void {
  for (const kind of RECORD_KINDS) {
    const { removedRecords } = byKind[kind];
    if (removedRecords > 0) metrics.add(removedPlace(kind, reason), removedRecords);
  }
  // What it says about itself may take more than what it removed.
  if (reclaimedBytes > 0) metrics.add(counterPlace("bytes_reclaimed"), reclaimedBytes);
}

function scanFacts({ healthy, anomaliesTotal, records }: ScanReport): SpanFacts {
  const total = Object.values(records).reduce((sum, count) => sum + count, 0);
  const outcome = healthy ? "healthy" : "anomalies";
  return { outcome, anomalies: anomaliesTotal, records: total };
}

function recoveryFacts({ mode, after, removedRanges }: RecoveryReport): SpanFacts {
  return { mode, ...scanFacts(after), removed_ranges: removedRanges };
}

function compactionFacts({ removedRecords, reclaimedBytes }: CompactionReport): SpanFacts {
  return { removed_records: removedRecords, reclaimed_bytes: reclaimedBytes };
}

// All of them each time: what was there before, and is not any more, is zero now.
function anomalyMarks({ anomalyCounts }: ScanReport): Record<string, number> {
  const codes = Object.keys(ANOMALY_SEVERITIES) as AnomalyCode[];
  return Object.fromEntries(
    codes.map((code) => [`scan.anomalies.${code}`, anomalyCounts[code] ?? 0]),
  );
}
