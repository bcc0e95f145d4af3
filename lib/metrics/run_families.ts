/**
 * What one run of a command came to, as metric families.
 *
 * @module
 */

import type { MetricFamily } from "./families.ts";

/** A run that ended. */
export interface EndedRun {
  /** The command's name: `persistence scan`. */
  readonly command: string;
  /** When it ended, Unix seconds. */
  readonly endedAt: number;
  /** How long it took. */
  readonly durationSeconds: number;
  /** What the process ends with. */
  readonly exitCode: number;
  /** When it last ended with exit code 0, this run included; null where nobody knows of such a run. */
  readonly successAt: number | null;
  /** What its report counts, as far as it came to one. */
  readonly found: RunFindings;
}

/** What reports of maintenance count. */
export interface RunFindings {
  /** Anomalies that were found, or that remain. */
  readonly anomalies?: number;
  /** Records removed. */
  readonly removedRecords?: number;
  /** Bytes given back. */
  readonly reclaimedBytes?: number;
}

/** The family that tells when a command last succeeded. */
export const COMMAND_SUCCESS_TIME = "papyra_command_last_success_timestamp_seconds";

/** The families of a run. */
export function runFamilies(run: EndedRun): MetricFamily[] {
  const { anomalies, removedRecords, reclaimedBytes } = run.found;
  const values: [name: string, help: string, value: number | null | undefined][] = [
    ["papyra_command_timestamp_seconds", "When the command last ended, however.", run.endedAt],
    [COMMAND_SUCCESS_TIME, "When the command last ended with exit code 0.", run.successAt],
    ["papyra_command_duration_seconds", "How long the command took.", run.durationSeconds],
    [
      "papyra_command_success",
      "1 where it ended with exit code 0; else 0.",
      Number(run.exitCode === 0),
    ],
    ["papyra_command_exit_code", "What the command ended with.", run.exitCode],
    ["papyra_command_anomalies", "Anomalies that it found, or that remain.", anomalies],
    ["papyra_command_removed_records", "Records that it removed.", removedRecords],
    ["papyra_command_reclaimed_bytes", "Bytes that it gave back.", reclaimedBytes],
  ];
  return values.flatMap(([name, help, value]) =>
    value === undefined || value === null ? [] : [{
      name,
      help,
      type: "gauge" as const,
      samples: [{ labels: { command: run.command }, value }],
    }]
  );
}

/** What a report counts, whatever it is a report of; where there was a recovery, what it left. */
export function findingsOf(report: object): RunFindings {
  const { scan, recovery } = fieldsOf(report);
  const mended = recovery ?? report;
  const anomalies = [fieldsOf(mended)["after"], scan, report]
    .map((each) => fieldsOf(each)["anomaliesTotal"])
    .find((total) => typeof total === "number");
  const { removedRecords, reclaimedBytes } = fieldsOf(report);
  return {
    ...(typeof anomalies === "number" ? { anomalies } : {}),
    ...(typeof removedRecords === "number" ? { removedRecords } : {}),
    ...(typeof reclaimedBytes === "number" ? { reclaimedBytes } : {}),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
