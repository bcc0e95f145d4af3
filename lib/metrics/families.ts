/**
 * A snapshot as families of samples with labels: what every exporter sends, by the names of Prometheus.
 *
 * No path, address or payload is a label: values that somebody else chooses would be as many as they like.
 *
 * @module
 */

import { ANOMALY_SEVERITIES } from "../model/anomaly.ts";
import {
  COUNTER_NAMES,
  type CounterName,
  type Histogram,
  HISTOGRAM_NAMES,
  type HistogramName,
  type LastRun,
  type MetricsSnapshot,
  type StoreGauges,
} from "./snapshot.ts";

/** Labels by their names. */
export type Labels = { readonly [name: string]: string };

/** One value. */
export interface Sample {
  /** What tells it from the others of its family. */
  readonly labels: Labels;
  /** The value; of a histogram, its distribution. */
  readonly value: number | Histogram;
}

/** What has one name. */
export interface MetricFamily {
  /** Its name, with `papyra_` before it, its unit behind it, and `_total` behind a counter's. */
  readonly name: string;
  /** What it is, in one line. */
  readonly help: string;
  /** How its values change. */
  readonly type: "counter" | "gauge" | "histogram";
  /** Its samples; a family without any is left out. */
  readonly samples: readonly Sample[];
}

const COUNTER_FAMILIES: { readonly [N in CounterName]: readonly [name: string, help: string] } = {
  records_written: ["records_written", "Records that were written and acknowledged."],
  bytes_written: ["written_bytes", "Bytes that were written."],
  records_read: ["records_read", "Records that reads handed out."],
  scans: ["scans", "Scans that came to their end."],
  anomalies_detected: ["anomalies_detected", "Anomalies that scans found, each time anew."],
  recoveries: ["recoveries", "Recoveries that came to their end."],
  compactions: ["compactions", "Compactions that came to their end."],
  write_errors: ["write_errors", "Calls to record that failed."],
  read_errors: ["read_errors", "Damaged lines that reads passed over, and reads that failed."],
  scan_errors: ["scan_errors", "Scans that failed or were stopped."],
  recovery_errors: ["recovery_errors", "Recoveries that failed or were stopped."],
  compaction_errors: ["compaction_errors", "Compactions that failed or were stopped."],
  rotations: ["rotations", "Active files that were sealed."],
  rotation_errors: [
    "rotation_errors",
    "Active files that could not be sealed, and old ones not removed.",
  ],
  records_skipped: ["records_skipped", "Lines that were passed over."],
  records_dropped: ["records_dropped", "Records that a recorder gave up."],
  records_removed: ["records_removed", "Records that maintenance removed."],
  bytes_reclaimed: ["reclaimed_bytes", "Bytes that compactions gave back."],
};

const HISTOGRAM_FAMILIES: { readonly [N in HistogramName]: readonly [name: string, help: string] } =
  {
    write_seconds: [
      "write_duration_seconds",
      "How long writing a batch took, without its sync; on Redis, until the server answered.",
    ],
    sync_seconds: ["sync_duration_seconds", "How long a sync took."],
    scan_seconds: ["scan_duration_seconds", "How long a scan took."],
    compaction_seconds: ["compaction_duration_seconds", "How long a compaction took."],
    recovery_seconds: ["recovery_duration_seconds", "How long a recovery took."],
    batch_records: ["batch_records", "Records that were written in one batch."],
  };

/** Where nothing was measured. */
export const EMPTY_GAUGES: StoreGauges = {
  exists: false,
  records: { event: 0, audit: 0, dead_letter: 0 },
  bytes: 0,
  oldest_at: { event: null, audit: null, dead_letter: null },
  newest_at: { event: null, audit: null, dead_letter: null },
  retained: null,
  segments: null,
  quarantine_bytes: 0,
  disk_free_bytes: null,
  queue: { records: 0, bytes: 0 },
};

/** The families of a snapshot that have samples, in an order that stays. */
export function metricFamilies(snapshot: MetricsSnapshot): MetricFamily[] {
  return everyFamily(snapshot).filter(({ samples }) => samples.length > 0);
}

/** The families of a snapshot, also those that it has no samples for. */
export function everyFamily(snapshot: MetricsSnapshot): MetricFamily[] {
  return [
    family("gauge", "store_info", "The kind of the store.", [
      { labels: { backend: snapshot.backend }, value: 1 },
    ]),
    ...COUNTER_NAMES.map((name) => counterFamily(snapshot, name)),
    ...HISTOGRAM_NAMES.map((name) => {
      const [fullName, help] = HISTOGRAM_FAMILIES[name];
      return family("histogram", fullName, help, single(snapshot.histograms[name]));
    }),
    ...lastFamilies(snapshot),
    ...totalsFamilies(snapshot),
    ...(snapshot.gauges === null ? [] : gaugeFamilies(snapshot.gauges)),
  ];
}

function counterFamily(snapshot: MetricsSnapshot, name: CounterName): MetricFamily {
  const [fullName, help] = COUNTER_FAMILIES[name];
  const samples = samplesOf(snapshot, name);
  // What was counted as a whole, by a version that knew no kinds.
  const known = samples.reduce((sum, { value }) => sum + (value as number), 0);
  const rest = snapshot[name] - known;
  const labels = Object.fromEntries(
    Object.keys(samples[0]!.labels).map((label) => [label, "unknown"]),
  );
  const isCounted = samples.some((sample) => isSame(sample.labels, labels));
  const all = rest > 0 && !isCounted ? [...samples, { labels, value: rest }] : samples;
  return family("counter", `${fullName}_total`, help, all);
}

function samplesOf(snapshot: MetricsSnapshot, name: CounterName): Sample[] {
  const { breakdown } = snapshot;
  switch (name) {
    case "records_written":
    case "records_read":
      return labelled(breakdown[name], "kind");
    case "records_skipped":
      return labelled(breakdown[name], "reason");
    case "records_dropped":
    case "records_removed":
      return Object.entries(breakdown[name]).flatMap(([kind, counts]) =>
        labelled(counts, "reason").map(({ labels, value }) => ({
          labels: { kind, ...labels },
          value,
        }))
      );
    default:
      return single(snapshot[name]);
  }
}

function lastFamilies({ last }: MetricsSnapshot): MetricFamily[] {
  const samples = (of: (run: LastRun) => number | null) =>
    Object.entries(last).flatMap(([operation, run]) => {
      const value = run && of(run);
      return value === null ? [] : [{ labels: { operation }, value }];
    });
  const found = last.scan?.anomaly_counts;
  return [
    family(
      "gauge",
      "last_run_timestamp_seconds",
      "When maintenance last ended, however.",
      samples(({ at }) => at),
    ),
    family(
      "gauge",
      "last_run_duration_seconds",
      "How long the last run of maintenance took.",
      samples((run) => run.duration_seconds),
    ),
    family(
      "gauge",
      "last_run_success",
      "1 where the last run came to its end, and found or left the store healthy; else 0.",
      samples((run) => Number(run.is_success)),
    ),
    family(
      "gauge",
      "last_success_timestamp_seconds",
      "When maintenance last ended with success.",
      samples((run) => run.success_at),
    ),
    family(
      "gauge",
      "last_scan_anomalies",
      "Anomalies that the last scan found.",
      found === undefined ? [] : Object.entries(ANOMALY_SEVERITIES).map(([code, severity]) => ({
        labels: { code, severity },
        value: found[code as keyof typeof ANOMALY_SEVERITIES] ?? 0,
      })),
    ),
  ];
}

function totalsFamilies({ totals, taken_at: takenAt }: MetricsSnapshot): MetricFamily[] {
  return [
    family(
      "gauge",
      "metrics_kept",
      "1 where counters outlive the process that counts; else 0.",
      single(Number(totals.state === "kept")),
    ),
    family(
      "counter",
      "metrics_restarts_total",
      "How often the counters were damaged and begun anew.",
      single(totals.restarts),
    ),
    family(
      "gauge",
      "metrics_since_timestamp_seconds",
      "Since when the counters count.",
      totals.since === null ? [] : single(totals.since),
    ),
    family("gauge", "snapshot_timestamp_seconds", "When this was measured.", single(takenAt)),
  ];
}

function gaugeFamilies(gauges: StoreGauges): MetricFamily[] {
  const { retained, segments, queue } = gauges;
  const orNone = (value: number | null) => value === null ? [] : single(value);
  return [
    family("gauge", "records", "Records in the store.", labelled(gauges.records, "kind")),
    family("gauge", "store_bytes", "Bytes that the store takes.", single(gauges.bytes)),
    family(
      "gauge",
      "oldest_record_timestamp_seconds",
      "The smallest timestamp in the store.",
      labelled(gauges.oldest_at, "kind"),
    ),
    family(
      "gauge",
      "newest_record_timestamp_seconds",
      "The largest timestamp in the store.",
      labelled(gauges.newest_at, "kind"),
    ),
    family(
      "gauge",
      "retained_records",
      "Records that retention keeps.",
      retained === null ? [] : labelled(retained.records, "kind"),
    ),
    family(
      "gauge",
      "retained_bytes",
      "Bytes that a compaction would leave.",
      orNone(retained?.bytes ?? null),
    ),
    family("gauge", "segments", "Files beside the active one.", orNone(segments)),
    family(
      "gauge",
      "quarantine_bytes",
      "Bytes that recoveries put aside beside the store.",
      single(gauges.quarantine_bytes),
    ),
    family(
      "gauge",
      "disk_free_bytes",
      "Bytes that can still be written where the store lies.",
      orNone(gauges.disk_free_bytes),
    ),
    family("gauge", "queue_records", "Records that wait to be written.", single(queue.records)),
    family("gauge", "queue_bytes", "Bytes that wait to be written.", single(queue.bytes)),
  ];
}

function family(
  type: MetricFamily["type"],
  name: string,
  help: string,
  samples: readonly Sample[],
): MetricFamily {
  return { name: `papyra_${name}`, help, type, samples };
}

function single(value: Sample["value"]): Sample[] {
  return [{ labels: {}, value }];
}

function labelled(values: { readonly [name: string]: number | null }, label: string): Sample[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [{ labels: { [label]: name }, value }]
  );
}

function isSame(one: Labels, other: Labels): boolean {
  return Object.entries(one).every(([name, value]) => other[name] === value);
}
