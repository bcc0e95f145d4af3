/**
 * Looks at a whole store for damage. Reads only; safe beside live writers and maintenance.
 *
 * @module
 */

import { PapyraError, throwIfAborted } from "../../errors.ts";
import type { ScanOptions } from "../../backend/backend.ts";
import type { ScanReport } from "../../model/report.ts";
import type { FileIdentity } from "../../storage/file_system.ts";
import { AnomalyCollector } from "./anomaly_collector.ts";
import { type FileStore, nextCommand } from "./file_store.ts";
import { LineAnomalies } from "./line_anomalies.ts";
import { reportSequence } from "./sequence_anomalies.ts";
import { storeLines } from "./store_lines.ts";
import { openScanView, type ScanView, type StoreView } from "./store_view.ts";
import { reportSurroundings } from "./surroundings.ts";

const LOCK_TIMEOUT_MS = 5000;
const UNSETTLED_ATTEMPTS_MAX = 10;
const PROGRESS_STEP_BYTES = 4 * 1024 * 1024;

/** What a scan found, with what recovery needs to know beyond the report. */
export interface DetailedScan {
  /** The report. */
  readonly report: ScanReport;
  /** Offsets of lines that stand in the store twice and are the same: the later ones. */
  readonly identicalOffsets: ReadonlySet<number>;
  /** The file that was read; null where there is none. */
  readonly identity: FileIdentity | null;
  /** How far it was read. */
  readonly horizon: number;
  /** Where the damage at the end begins: nothing that is accepted stands behind it. */
  readonly tailDamageFrom: number;
  /** How often two accepted lines stand glued together, their newline lost. */
  readonly lostNewlines: number;
  /** The largest sequence number that the file shows, checkpoints included. */
  readonly highestShownSeq: number;
  /** The largest sequence number that was known to be synced. */
  readonly durableSeq: number;
  /** Whether the file is in a format that only a newer version may change. */
  readonly newerVersion: number | null;
}

/** Scans `store`. */
export async function scanStore(
  store: FileStore,
  options: ScanOptions = {},
): Promise<DetailedScan> {
  for (let attempt = 1;; attempt++) {
    const startedAt = store.now();
    const view = await openScanView(store, {
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      signal: options.signal,
    });
    try {
      const scan = await scanView(store, view, startedAt, options);
      const isWhole = scan.report.bytes === view.horizon;
      if (isWhole && (scan.report.healthy || isStill(store, view, scan.report))) return scan;
      if (attempt >= UNSETTLED_ATTEMPTS_MAX) throw stillChanging(store);
    } finally {
      await view.file?.close();
    }
  }
}

async function scanView(
  store: FileStore,
  view: ScanView,
  startedAt: number,
  options: ScanOptions,
): Promise<DetailedScan> {
  const began = performance.now();
  const anomalies = new AnomalyCollector();
  const lines = new LineAnomalies(store, anomalies);
  if (view.file !== null) {
    let nextProgress = 0;
    for await (
      const batch of storeLines(view.file, { from: 0, to: view.horizon }, options.signal)
    ) {
      for (const line of batch) lines.add(line);
      const done = lines.bytes;
      if (done >= nextProgress) {
        options.onProgress?.(done, view.horizon);
        nextProgress = done + PROGRESS_STEP_BYTES;
      }
    }
  }
  lines.end(view.durableSeq);
  const identicalOffsets = await reportSequence(
    store,
    view,
    lines.sequence,
    anomalies,
    options.signal,
  );
  await reportSurroundings(store, view, anomalies);
  throwIfAborted(options.signal);
  options.onProgress?.(view.horizon, view.horizon);
  return {
    report: {
      backend: store.backend,
      store: store.paths.active,
      exists: view.file !== null,
      ...anomalies.summary(),
      ...lines.tally.summary(),
      bytes: lines.bytes,
      startedAt,
      durationSeconds: (performance.now() - began) / 1000,
    },
    identicalOffsets,
    identity: view.file?.stat().identity ?? null,
    horizon: view.horizon,
    tailDamageFrom: lines.tailDamageFrom,
    lostNewlines: lines.lostNewlines,
    highestShownSeq: lines.highestShownSeq,
    durableSeq: view.durableSeq,
    newerVersion: lines.newerVersion,
  };
}

// A fragment at the end may be a line that a tool which knows no lock is writing just now. Without the
// lock, whatever looks like damage may be a write under way.
function isStill(store: FileStore, view: StoreView, report: ScanReport): boolean {
  const { fileSystem, paths } = store;
  if (view.file === null) return fileSystem.stat(paths.active) === null;
  if (view.isSettled && report.anomalyCounts.TRUNCATED_LINE === undefined) return true;
  const { identity, size } = view.file.stat();
  return size === view.horizon && fileSystem.stat(paths.active)?.identity === identity;
}

function stillChanging(store: FileStore): PapyraError {
  return new PapyraError(
    "TIMED_OUT",
    `Cannot scan "${store.paths.active}": it changes all the time and its lock is never free; run ${
      nextCommand(store, "scan")
    } when there is less to do`,
    { file: store.paths.active },
  );
}
