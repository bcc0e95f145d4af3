import { makeSnapshot } from "../../lib/metrics/make_snapshot.ts";
import { type MetricsShare, NO_TOTALS } from "../../lib/metrics/share.ts";
import { COUNTER_NAMES, type MetricsSnapshot } from "../../lib/metrics/snapshot.ts";
import { assertEquals } from "../_assert.ts";

function snapshotOf(share: Partial<MetricsShare>, unsavedReason: string | null = null) {
  return makeSnapshot({
    store: "store",
    backend: "Backend",
    takenAt: 10,
    totals: { ...NO_TOTALS, ...share },
    unsavedReason,
    gauges: null,
  });
}

Deno.test("the original's ten stand at the top of a snapshot under their own names", () => {
  const original = [
    "records_written",
    "bytes_written",
    "scans",
    "anomalies_detected",
    "recoveries",
    "compactions",
    "write_errors",
    "scan_errors",
    "recovery_errors",
    "compaction_errors",
  ] as const;
  const snapshot: MetricsSnapshot = snapshotOf({});
  assertEquals(original.map((name) => snapshot[name]), original.map(() => 0));
  assertEquals(original.filter((name) => !COUNTER_NAMES.includes(name)), []);
});

Deno.test("a counter is what was counted as a whole and the sum of its parts", () => {
  const counts = {
    "records_written": 100,
    "records_written.event": 3,
    "records_written.audit": 2,
    "records_removed.unknown.repair": 4,
    "records_removed.event.retention": 5,
    "records_dropped.event.queue_full": 6,
  };
  const { records_written, records_removed, records_dropped, breakdown } = snapshotOf({ counts });
  assertEquals([records_written, records_removed, records_dropped], [105, 9, 6]);
  assertEquals(breakdown.records_written, { event: 3, audit: 2, dead_letter: 0 });
  assertEquals(breakdown.records_removed.event.retention, 5);
  assertEquals(breakdown.records_dropped.event.queue_full, 6);
});

Deno.test("histograms have the sum in their unit, and a bucket for what passes all bounds", () => {
  const counts = { "sync_seconds.0": 2, "sync_seconds.17": 1, "sync_seconds.sum": 12_500_000 };
  const { sync_seconds: histogram } = snapshotOf({ counts }).histograms;
  assertEquals([histogram.count, histogram.sum], [3, 12.5]);
  assertEquals([histogram.counts.at(0), histogram.counts.at(-1)], [2, 1]);
  assertEquals(histogram.counts.length, histogram.bounds.length + 1);
});

Deno.test("the last scan tells when, how long, whether it succeeded, when one last did, and what it found", () => {
  const marks = {
    "scan.at": 9,
    "scan.duration_seconds": 0.5,
    "scan.is_success": 0,
    "scan.success_at": 3,
    "scan.anomalies.TRUNCATED_LINE": 2,
    "scan.anomalies.SEQUENCE_GAP": 0,
  };
  assertEquals(snapshotOf({ marks }).last, {
    scan: {
      at: 9,
      duration_seconds: 0.5,
      is_success: false,
      success_at: 3,
      anomaly_counts: { TRUNCATED_LINE: 2 },
    },
    recovery: null,
    compaction: null,
  });
});

Deno.test("a share that cannot be added is told", () => {
  assertEquals(snapshotOf({}).totals.state, "none");
  const { state, reason } = snapshotOf({}, "read-only").totals;
  assertEquals([state, reason], ["unsaved", "read-only"]);
});
