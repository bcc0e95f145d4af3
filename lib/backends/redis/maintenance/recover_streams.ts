/**
 * Mends what a scan finds: moves damaged entries aside, and has groups wait no more for what is gone
 * where that is asked for.
 *
 * @module
 */

import type { MaintenanceOptions, ProgressOptions } from "../../../backend/backend.ts";
import type { CheckedRecovery } from "../../../backend/checked_recovery.ts";
import { throwIfAborted } from "../../../errors.ts";
import type { AnomalyCode } from "../../../model/anomaly.ts";
import { RECORD_KINDS } from "../../../model/record.ts";
import type {
  Receipt,
  RecoveryPlan,
  RecoveryReport,
  RemovedRange,
  ScanReport,
} from "../../../model/report.ts";
import { acknowledgeDangling } from "../groups/dangling_entries.ts";
import { withLease } from "./maintenance_lease.ts";
import { putAside } from "./put_aside.ts";
import type { MaintenanceContext } from "./maintenance_context.ts";
import { scanStreams } from "./scan_streams.ts";
import { lookAt } from "../streams/stream_look.ts";
import { type StreamEntry, verdictOn } from "../streams/stream_entry.ts";
import { quarantineKey } from "../config/stream_keys.ts";
import { streamPages } from "../streams/stream_pages.ts";
import type { StreamReceipts } from "./stream_receipts.ts";

const REMOVED_DETAILS_MAX = 1000;

/** Anomalies that moving an entry aside takes away. */
const ENTRY_CODES: readonly AnomalyCode[] = [
  "TRUNCATED_LINE",
  "PARTIAL_WRITE",
  "CORRUPTED_LINE",
  "CHECKSUM_MISMATCH",
  "INVALID_UTF8",
  "NUL_PADDING",
  "NOT_A_RECORD",
  "OVERSIZED_LINE",
  "MISSING_DATA",
];

/** What a recovery would do. */
export async function planStreamRecovery(
  context: MaintenanceContext,
  recovery: CheckedRecovery,
  options: ProgressOptions,
): Promise<RecoveryPlan> {
  const scan = await scanStreams(context, options);
  const steps = stepsOf(context, recovery, scan);
  return { mode: recovery.mode, scan, changes: steps.length > 0, steps };
}

/** Mends a store, then scans it again. */
export async function recoverStreams(
  context: MaintenanceContext,
  receipts: StreamReceipts,
  recovery: CheckedRecovery,
  options: MaintenanceOptions,
): Promise<RecoveryReport> {
  const { servers, backend, now } = context;
  const startedAt = now();
  return await withLease(servers, options, async (lease) => {
    const before = await scanStreams(context, options);
    const steps = stepsOf(context, recovery, before);
    const run = new RecoveryRun(context, recovery);
    throwIfAborted(options.signal);
    let receipt: string | null = null;
    if (steps.length > 0) {
      const begun = await receipts.begin("recover", startedAt, { mode: recovery.mode, steps });
      await run.mend(begun, before, () => lease.assertHeld());
      receipt = await receipts.end(begun, run.details);
    }
    const after = steps.length > 0 ? await scanStreams(context, {}) : before;
    return {
      backend,
      store: servers.config.location,
      mode: recovery.mode,
      changed: receipt !== null,
      before,
      after,
      ...run.details,
      removed: run.removed,
      unstored: "",
      leftoversRemoved: [],
      receipt,
      durationSeconds: now() - startedAt,
    };
  });
}

function stepsOf(
  context: MaintenanceContext,
  recovery: CheckedRecovery,
  { anomalyCounts }: ScanReport,
): string[] {
  const { mode, ackDangling } = recovery;
  const damaged = ENTRY_CODES.reduce((sum, code) => sum + (anomalyCounts[code] ?? 0), 0);
  const dangling = anomalyCounts.DANGLING_PENDING ?? 0;
  const steps: string[] = [];
  if (damaged > 0 && (mode === "repair" || mode === "quarantine")) {
    const to = targetBase(context, recovery);
    steps.push(
      `move ${damaged} damaged entries to streams "${to}:…", with their ids and all fields`,
    );
  }
  if (dangling > 0 && ackDangling && mode !== "ignore") {
    steps.push(`acknowledge ${dangling} entries that groups wait for and that are gone`);
  }
  return steps;
}

function targetBase({ servers }: MaintenanceContext, { quarantineDir }: CheckedRecovery): string {
  return quarantineDir ?? servers.config.keys.quarantine;
}

class RecoveryRun {
  readonly removed: RemovedRange[] = [];
  readonly #context: MaintenanceContext;
  readonly #recovery: CheckedRecovery;
  readonly #kept = new Set<string>();
  #entries = 0;
  #bytes = 0;
  #acknowledged = 0;

  constructor(context: MaintenanceContext, recovery: CheckedRecovery) {
    this.#context = context;
    this.#recovery = recovery;
  }

  get details() {
    return {
      removedRanges: this.#entries,
      removedBytes: this.#bytes,
      kept: [...this.#kept],
      ...(this.#recovery.ackDangling ? { acknowledged: this.#acknowledged } : {}),
    };
  }

  async mend(
    { id: receipt }: Receipt,
    { damagedBytes, anomalyCounts }: ScanReport,
    assertHeld: () => Promise<void>,
  ): Promise<void> {
    const { servers } = this.#context;
    const { mode, ackDangling } = this.#recovery;
    const isMoving = mode === "repair" || mode === "quarantine";
    const isDamaged = damagedBytes > 0 || ENTRY_CODES.some((code) => anomalyCounts[code]);
    const { ends } = await lookAt(servers, RECORD_KINDS);
    for (const [kind, { lastId }] of ends) {
      if (isMoving && isDamaged) {
        for await (const page of streamPages(servers, { kind, from: "-", to: lastId })) {
          await assertHeld();
          for (const entry of page) await this.#mendEntry(entry, receipt);
        }
      }
      if (ackDangling) {
        this.#acknowledged += await acknowledgeDangling(servers, servers.config.keys.streams[kind]);
      }
    }
  }

  async #mendEntry(entry: StreamEntry, receipt: string): Promise<void> {
    const { code } = verdictOn(entry);
    if (code === null || !ENTRY_CODES.includes(code)) return;
    const { servers } = this.#context;
    const source = servers.config.keys.streams[entry.kind];
    const target = quarantineKey(targetBase(this.#context, this.#recovery), source);
    await putAside(servers, { entry, source, target, code, receipt });
    this.#kept.add(target);
    this.#entries++;
    this.#bytes += entry.bytes;
    if (this.removed.length >= REMOVED_DETAILS_MAX) return;
    this.removed.push({ file: source, offset: 0, length: entry.bytes, code, entry: entry.id });
  }
}
