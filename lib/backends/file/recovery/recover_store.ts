/**
 * Mends a store: plans from a scan, executes the plan, and scans again.
 *
 * @module
 */

import type { MaintenanceOptions, ProgressOptions } from "../../../backend/backend.ts";
import type { CheckedRecovery } from "../../../backend/checked_recovery.ts";
import type { AnomalyCode } from "../../../model/anomaly.ts";
import { RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import type { RecoveryReport } from "../../../model/report.ts";
import type { ReadableFile } from "../../../storage/file_system.ts";
import type { MaintenanceLock } from "../../../storage/maintenance_lock.ts";
import { isFullError } from "../../../storage/os_error.ts";
import { listParts, pathOfPart } from "../../../storage/store_parts.ts";
import { newerFormat } from "../../../storage/tail.ts";
import { removeIfThere } from "../../../storage/whole_file.ts";
import { cutTail, type TailCut, tailToCut } from "./cut_tail.ts";
import type { FileStore } from "../store/file_store.ts";
import type { ScannedPart } from "../scanning/line_anomalies.ts";
import type { LineRule, Numbering } from "../replacing/line_copy.ts";
import { maintain, removeLeftovers } from "../replacing/maintenance.ts";
import { prepareQuarantine, quarantineOriginal } from "../replacing/quarantine.ts";
import { rebuildDerived } from "./rebuild_derived.ts";
import { ReceiptIds } from "../receipts/receipts.ts";
import { recreateStore } from "./recreate_store.ts";
import { planSteps } from "./recovery_plan.ts";
import { RANGES_SHOWN_MAX, RemovedBytes } from "../replacing/removed_bytes.ts";
import { replacePart } from "../replacing/replace_file.ts";
import { type DetailedScan, scanStore } from "../scanning/scan_store.ts";
import { SequenceCheck } from "../sequence/sequence_check.ts";
import type { StoreLine } from "../store/store_lines.ts";
import type { StoreRun } from "../store/store_runs.ts";
import { hasOtherForm } from "../replacing/superseded_forms.ts";
import type { StorePart } from "../store/store_part.ts";

const ALL_KINDS: ReadonlySet<RecordKind> = new Set(RECORD_KINDS);

type Change = Pick<
  RecoveryReport,
  "removedRanges" | "removedBytes" | "removed" | "unstored" | "kept" | "receipt"
>;

const NO_CHANGE: Change = {
  removedRanges: 0,
  removedBytes: 0,
  removed: [],
  unstored: "",
  kept: [],
  receipt: null,
};

// What a copy may take beyond the file itself: a checkpoint, receipts, removed bytes as text.
const COPY_MARGIN_BYTES = 64 * 1024;

/** Recovers `store`. */
export async function recoverStore(
  store: FileStore,
  recovery: CheckedRecovery,
  options: MaintenanceOptions,
): Promise<RecoveryReport> {
  const began = performance.now();
  if (recovery.mode === "ignore") return await ignore(store, options, began);
  const quarantineDir = recovery.quarantineDir === null
    ? null
    : await prepareQuarantine(store, recovery.quarantineDir);
  // A store that never was has nothing to mend, and gets no sidecar for it.
  const parts = await listParts(store.fileSystem, store.paths);
  if (parts.length === 0 && !store.sidecar.exists) {
    return await ignore(store, options, began, recovery.mode);
  }
  return await maintain(store, "recover", options, async (lock) => {
    const before = await scanStore(store, options);
    if (before.newerVersion !== null) throw newerFormat(store.paths.active, before.newerVersion);
    const leftovers = await removeLeftovers(store);
    const steps = planSteps(recovery.mode, before);
    let change = NO_CHANGE;
    if (steps.recreate) change = { ...NO_CHANGE, receipt: await recreateStore(store, before) };
    if (steps.rewrite) {
      change = await mend(store, lock, before, quarantineDir, options);
    }
    if (steps.rebuildDerived) {
      change = { ...NO_CHANGE, receipt: await rebuildDerived(store, before) };
    }
    const changed = change.receipt !== null || change.removedBytes > 0 || leftovers.length > 0;
    // What is done is done: who stopped now would be told that the store is as before.
    const after = await scanStore(store, changed ? withoutSignal(options) : options);
    return {
      ...describe(store, recovery.mode, before, after, began),
      changed,
      ...change,
      leftoversRemoved: leftovers,
    };
  });
}

function withoutSignal({ signal: _, ...options }: MaintenanceOptions): MaintenanceOptions {
  return options;
}

async function ignore(
  store: FileStore,
  options: ProgressOptions,
  began: number,
  mode: RecoveryReport["mode"] = "ignore",
): Promise<RecoveryReport> {
  const scan = await scanStore(store, options);
  return {
    ...describe(store, mode, scan, scan, began),
    changed: false,
    ...NO_CHANGE,
    leftoversRemoved: [],
  };
}

function describe(
  store: FileStore,
  mode: RecoveryReport["mode"],
  before: DetailedScan,
  after: DetailedScan,
  began: number,
) {
  return {
    backend: store.backend,
    store: store.paths.active,
    mode,
    before: before.report,
    after: after.report,
    durationSeconds: (performance.now() - began) / 1000,
  };
}

async function mend(
  store: FileStore,
  lock: MaintenanceLock,
  scan: DetailedScan,
  quarantineDir: string | null,
  options: MaintenanceOptions,
): Promise<Change> {
  const tail = quarantineDir === null ? tailToCut(scan) : null;
  if (tail !== null && !await hasRoomForCopy(store, tail)) {
    const cut = await cutTail(store, lock, tail, options);
    if (cut !== null) return changeOfCut(cut);
  }
  try {
    return await rewriteAll(store, lock, scan, quarantineDir, options);
  } catch (error) {
    if (tail === null || !isFullError(error)) throw error;
    const cut = await cutTail(store, lock, tail, options);
    if (cut === null) throw error;
    return changeOfCut(cut);
  }
}

async function hasRoomForCopy(store: FileStore, tail: ScannedPart): Promise<boolean> {
  const free = await store.fileSystem.freeBytes(store.paths.directory);
  return free >= tail.part.horizon + tail.summary.counts.damagedBytes + COPY_MARGIN_BYTES;
}

function changeOfCut({ removed, removedRanges, removedBytes, kept, unstored, receipt }: TailCut) {
  return { removed, removedRanges, removedBytes, kept, unstored, receipt };
}

/** Rewrites every file that needs it, one after another. */
async function rewriteAll(
  store: FileStore,
  lock: MaintenanceLock,
  scan: DetailedScan,
  quarantineDir: string | null,
  options: MaintenanceOptions,
): Promise<Change> {
  const ids = new ReceiptIds(store.now());
  let change = NO_CHANGE;
  for (const scanned of scan.parts) {
    // Which of two forms is whole, the operator has to find out.
    if (!needsRewrite(scan, scanned) || hasOtherForm(store, scanned.part)) continue;
    const receipt = ids.next();
    const one = await rewrite(store, lock, { scan, scanned, quarantineDir, receipt }, options);
    change = {
      removedRanges: change.removedRanges + one.removedRanges,
      removedBytes: change.removedBytes + one.removedBytes,
      removed: [...change.removed, ...one.removed].slice(0, RANGES_SHOWN_MAX),
      unstored: "",
      kept: [...change.kept, ...one.kept],
      receipt: ids.run,
    };
    // What is done is done: who stopped now would be told that the store is as before.
    options = withoutSignal(options);
  }
  return change;
}

function needsRewrite(
  { pathsToMend }: DetailedScan,
  { part, summary, lostNewlines }: ScannedPart,
): boolean {
  // What cannot be read is not mended: it may be sound.
  if (part.isTooLarge) return false;
  return summary.counts.damagedLines > 0 || lostNewlines > 0 || pathsToMend.has(part.path);
}

/** One file's part in a recovery. */
interface Rewrite {
  readonly scan: DetailedScan;
  readonly scanned: ScannedPart;
  readonly quarantineDir: string | null;
  readonly receipt: string;
}

async function rewrite(
  store: FileStore,
  lock: MaintenanceLock,
  { scan, scanned, quarantineDir, receipt }: Rewrite,
  options: MaintenanceOptions,
): Promise<Omit<Change, "unstored" | "receipt">> {
  const removed = new RemovedBytes(store, receipt, quarantineDir === null);
  const originals: string[] = [];
  try {
    const { kept } = await replacePart(store, lock, {
      operation: "recover",
      receipt,
      part: scanned.part,
      rule: new RepairRule(scan, removed),
      numbering: numberingOf(scan, scanned),
      keepsOriginal: quarantineDir !== null,
      secure: async (original) => {
        await removed.sync();
        if (quarantineDir === null) return;
        originals.push(await quarantineOriginal(store, original, quarantineDir));
      },
      keep: () => removed.keep(),
      details: () => ({
        mode: quarantineDir === null ? "repair" : "quarantine",
        anomalies: scan.report.anomalyCounts,
        ...removed.details(),
        originals,
      }),
    }, options);
    return {
      removedRanges: removed.count,
      removedBytes: removed.bytes,
      removed: removed.ranges,
      kept: [removed.path, kept, ...originals].filter((path) => path !== null),
    };
  } catch (error) {
    const { fileSystem, paths } = store;
    // Once the file has been replaced, this is all that is left of what was removed.
    if (await pathOfPart(fileSystem, paths, scanned.part.identity) !== null) {
      await removed.discard();
      for (const path of originals) await removeIfThere(fileSystem, path);
    }
    throw error;
  } finally {
    await removed.close();
  }
}

// What was missing before the file, or in it, the operator has been told of and accepts.
function numberingOf(scan: DetailedScan, { part, highestBefore }: ScannedPart): Numbering {
  const sequence = new SequenceCheck();
  sequence.highest = highestBefore;
  const seqBehind = seqBehindOf(scan, part);
  const durableSeq = seqBehind === null ? scan.knownSeq : 0;
  const from = highestBefore + 1;
  return { sequence, from, firstGiven: from, durableSeq, seqBehind };
}

/** The first new number that stands behind a file; null where there is none. */
function seqBehindOf({ parts }: DetailedScan, file: StorePart): number | null {
  const behind = parts.slice(parts.findIndex(({ part }) => part === file) + 1);
  const highest = behind[0]?.highestBefore ?? 0;
  const next = behind.find(({ summary }) => (summary.numbers?.to ?? 0) > highest);
  return next === undefined ? null : Math.max(next.summary.numbers!.from, highest + 1);
}

/** Keeps what is intact, to the last line. */
class RepairRule implements LineRule {
  // The operator asked for it, having been told of every loss.
  readonly carriesLosses = false;
  readonly #scan: DetailedScan;
  readonly #removed: RemovedBytes;

  constructor(scan: DetailedScan, removed: RemovedBytes) {
    this.#scan = scan;
    this.#removed = removed;
  }

  keeps({ verdict, position }: StoreLine): boolean {
    return verdict.state !== "damaged" && !this.#scan.identicalPositions.has(position);
  }

  keptKinds(_run: StoreRun): ReadonlySet<RecordKind> | null {
    return this.#scan.identicalPositions.size === 0 ? ALL_KINDS : null;
  }

  onDropped(line: StoreLine, source: ReadableFile): Promise<void> {
    const code: AnomalyCode = line.verdict.code ?? "DUPLICATE_SEQUENCE";
    return this.#removed.add(line, source, code);
  }
}
