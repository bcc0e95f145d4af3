/**
 * Looks at a whole store for damage. Reads only; safe beside live writers and maintenance.
 *
 * @module
 */

import { PapyraError, throwIfAborted } from "../../../errors.ts";
import type { ScanOptions } from "../../../backend/backend.ts";
import { RECORD_KINDS } from "../../../model/record.ts";
import type { ReusedScan, ScanReport } from "../../../model/report.ts";
import { AnomalyCollector } from "../../../backend/anomaly_collector.ts";
import { type FileStore, nextCommand } from "../store/file_store.ts";
import { LineAnomalies, type ScannedPart } from "./line_anomalies.ts";
import { type LineCounts, timestampsOf } from "../store/line_tally.ts";
import { reportMisplaced } from "./misplaced_segments.ts";
import { isConfirmed } from "./scan_confirmation.ts";
import { readSummary, writeSummary } from "../summaries/segment_summaries.ts";
import type { SegmentSummary } from "../summaries/segment_summary.ts";
import { reportSequence, type SequenceFindings } from "./sequence_anomalies.ts";
import { PartChanged, partRuns } from "../store/store_part.ts";
import { bytesOf, openScanView, type ScanView, sizeOf } from "../store/store_view.ts";
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
  /** The largest that is known to have been given, by that or by the name of a segment. */
  readonly knownSeq: number;
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
      if (isWhole && await isConfirmed(store, view, scan)) {
        await keepSummaries(store, scan.parts);
        return scan;
      }
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
  await takeIn(store, lines, view, startedAt, options);
  lines.end(view.durableSeq);
  reportMisplaced(store, lines.parts, anomalies);
  const findings = await reportSequence(store, view, lines.sequence, anomalies, options.signal);
  await reportSurroundings(store, view, anomalies);
  throwIfAborted(options.signal);
  return {
    report: {
      backend: store.backend,
      store: store.paths.active,
      exists: view.parts.length > 0,
      ...anomalies.summary(),
      ...summaryOf(lines.counts),
      bytes: lines.bytes,
      reused: reusedOf(lines.parts),
      startedAt,
      durationSeconds: (performance.now() - began) / 1000,
    },
    ...findings,
    parts: lines.parts,
    highestShownSeq: lines.highestShownSeq,
    durableSeq: view.durableSeq,
    knownSeq: lines.knownSeq,
    newerVersion: lines.newerVersion,
  };
}

async function takeIn(
  store: FileStore,
  lines: LineAnomalies,
  view: ScanView,
  startedAt: number,
  { signal, onProgress, sinceLast = false, reverify = 0 }: ScanOptions,
): Promise<void> {
  const total = sizeOf(view);
  let nextProgress = 0;
  for (const part of view.parts) {
    const known = sinceLast ? await readSummary(store, part) : null;
    if (known !== null && isInOrder(known, lines.sequence.highest) && Math.random() >= reverify) {
      lines.skipPart(part, known);
      continue;
    }
    await part.open();
    lines.beginPart(part);
    for await (const batch of partRuns(part, signal)) {
      lines.addAll(batch);
      const done = part.progressAt(batch.at(-1)?.offset ?? 0);
      if (done < nextProgress) continue;
      onProgress?.(done, total);
      nextProgress = done + PROGRESS_STEP_BYTES;
    }
    lines.endPart(startedAt);
  }
  onProgress?.(total, total);
}

// Where numbers overlap with those before it, only its lines tell what that means.
function isInOrder({ verifiedAt, numbers }: SegmentSummary, highestBefore: number): boolean {
  return verifiedAt !== null && (numbers?.first ?? Infinity) > highestBefore;
}

async function keepSummaries(store: FileStore, parts: readonly ScannedPart[]): Promise<void> {
  for (const { part, summary, isReused } of parts) {
    if (!isReused) await writeSummary(store, part, summary);
  }
}

function reusedOf(parts: readonly ScannedPart[]): ReusedScan | null {
  const reused = parts.filter(({ isReused }) => isReused);
  if (reused.length === 0) return null;
  return {
    segments: reused.length,
    bytes: reused.reduce((sum, { part }) => sum + part.horizon, 0),
    upToSeq: reused.at(-1)!.summary.numbers?.to ?? null,
    verifiedSince: Math.min(...reused.map(({ summary }) => summary.verifiedAt!)),
  };
}

function summaryOf({ kinds, damagedLines: _, ...counts }: LineCounts) {
  const { event, audit, dead_letter } = kinds;
  return {
    ...counts,
    records: { event: event.records, audit: audit.records, dead_letter: dead_letter.records },
    timestamps: timestampsOf(kinds, RECORD_KINDS),
  };
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
