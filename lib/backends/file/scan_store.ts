/**
 * Looks at a whole store for damage. Reads only; safe beside live writers and maintenance.
 *
 * @module
 */

import { PapyraError, throwIfAborted } from "../../errors.ts";
import type { ScanOptions } from "../../backend/backend.ts";
import type { ScanReport } from "../../model/report.ts";
import { AnomalyCollector } from "./anomaly_collector.ts";
import { type FileStore, nextCommand } from "./file_store.ts";
import { LineAnomalies, type ScannedPart } from "./line_anomalies.ts";
import { reportSequence, type SequenceFindings } from "./sequence_anomalies.ts";
import { PartChanged, partLines } from "./store_part.ts";
import { activePart, bytesOf, openScanView, type ScanView, type StoreView } from "./store_view.ts";
import { reportSurroundings } from "./surroundings.ts";

const LOCK_TIMEOUT_MS = 5000;
const UNSETTLED_ATTEMPTS_MAX = 10;
const PROGRESS_STEP_BYTES = 4 * 1024 * 1024;

/** What a scan found, with what recovery needs to know beyond the report. */
export interface DetailedScan extends SequenceFindings {
  /** The report. */
  readonly report: ScanReport;
  /** The files that were read, in order. */
  readonly parts: readonly ScannedPart[];
  /** The largest sequence number that the store shows, checkpoints included. */
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
      const isWhole = scan.report.bytes === bytesOf(view);
      if (isWhole && (scan.report.healthy || isStill(store, view, scan.report))) return scan;
    } catch (error) {
      if (!(error instanceof PartChanged)) throw error;
    } finally {
      await view.close();
    }
    if (attempt >= UNSETTLED_ATTEMPTS_MAX) throw stillChanging(store);
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
  await takeIn(lines, view, options);
  lines.end(view.durableSeq);
  const findings = await reportSequence(store, view, lines.sequence, anomalies, options.signal);
  await reportSurroundings(store, view, anomalies);
  throwIfAborted(options.signal);
  return {
    report: {
      backend: store.backend,
      store: store.paths.active,
      exists: view.parts.length > 0,
      ...anomalies.summary(),
      ...lines.tally.summary(),
      bytes: lines.bytes,
      startedAt,
      durationSeconds: (performance.now() - began) / 1000,
    },
    ...findings,
    parts: lines.parts,
    highestShownSeq: lines.highestShownSeq,
    durableSeq: view.durableSeq,
    newerVersion: lines.newerVersion,
  };
}

async function takeIn(
  lines: LineAnomalies,
  view: ScanView,
  { signal, onProgress }: ScanOptions,
): Promise<void> {
  const total = bytesOf(view);
  let nextProgress = 0;
  for (const part of view.parts) {
    lines.beginPart(part);
    for await (const batch of partLines(part, signal)) {
      for (const line of batch) lines.add(line);
      if (lines.bytes < nextProgress) continue;
      onProgress?.(lines.bytes, total);
      nextProgress = lines.bytes + PROGRESS_STEP_BYTES;
    }
    lines.endPart();
  }
  onProgress?.(total, total);
}

// A fragment at the end may be a line that a tool which knows no lock is writing just now. Without the
// lock, whatever looks like damage may be a write under way.
function isStill(store: FileStore, view: StoreView, report: ScanReport): boolean {
  const { fileSystem, paths } = store;
  const active = activePart(view);
  const now = fileSystem.stat(paths.active);
  if (active === null) return now === null;
  if (view.isSettled && report.anomalyCounts.TRUNCATED_LINE === undefined) return true;
  return now?.identity === active.identity && now.size === active.horizon;
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
