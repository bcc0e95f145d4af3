/**
 * Removes from a store what retention has expired, and gives the space back.
 *
 * @module
 */

import type { CompactionOptions } from "../../backend/backend.ts";
import { isRecordKind, RECORD_KINDS, type RecordKind } from "../../model/record.ts";
import type { CompactionCounts, CompactionReport } from "../../model/report.ts";
import { isUnlimited, limitsOf, type RetentionPolicy } from "../../model/retention.ts";
import type { OpenFile } from "../../storage/file_system.ts";
import type { FileStore } from "./file_store.ts";
import type { LineRule } from "./line_copy.ts";
import { Extremes, lineTimestamp } from "./line_tally.ts";
import { maintain, removeLeftovers } from "./maintenance.ts";
import { replaceActiveFile } from "./replace_file.ts";
import { findCutoffs, type RetentionCutoffs } from "./retention_cutoffs.ts";
import { type StoreLine, storeLines } from "./store_lines.ts";
import { openView } from "./store_view.ts";

// What is decided on need not end where a write does.
const LOCK_TIMEOUT_MS = 1000;

/** Compacts `store` to what `retention` keeps. */
export async function compactStore(
  store: FileStore,
  retention: RetentionPolicy,
  options: CompactionOptions,
): Promise<CompactionReport> {
  const began = performance.now();
  const compaction = new Compaction(store, retention, options, began);
  if (options.dryRun || store.fileSystem.stat(store.paths.active) === null) {
    return await compaction.plan();
  }
  return await maintain(store, "compact", options, async (lock) => {
    await removeLeftovers(store);
    return await compaction.run(lock);
  });
}

class Compaction {
  readonly #store: FileStore;
  readonly #retention: RetentionPolicy;
  readonly #options: CompactionOptions;
  readonly #began: number;
  readonly #nowSeconds: number;

  constructor(
    store: FileStore,
    retention: RetentionPolicy,
    options: CompactionOptions,
    began: number,
  ) {
    this.#store = store;
    this.#retention = retention;
    this.#options = options;
    this.#began = began;
    this.#nowSeconds = store.now();
  }

  /** Reports what a run would do. */
  plan(): Promise<CompactionReport> {
    return this.#withCutoffs((file, horizon, cutoffs) => this.#count(file, horizon, cutoffs, true));
  }

  /** Does it. */
  run(lock: Parameters<typeof replaceActiveFile>[1]): Promise<CompactionReport> {
    return this.#withCutoffs(async (file, horizon, cutoffs) => {
      if (!cutoffs.hasExpired) return await this.#count(file, horizon, cutoffs, false);
      const rule = new CompactionRule(cutoffs, this.#nowSeconds);
      const result = await replaceActiveFile(this.#store, lock, {
        operation: "compact",
        rule,
        identity: file.stat().identity,
        details: () => this.#receiptDetails(rule),
      }, this.#options);
      const { oldBytes, newBytes, receipt } = result;
      return this.#report(rule, { beforeBytes: oldBytes, afterBytes: newBytes, receipt });
    });
  }

  async #withCutoffs(
    body: (file: OpenFile, horizon: number, cutoffs: RetentionCutoffs) => Promise<CompactionReport>,
  ): Promise<CompactionReport> {
    const { signal } = this.#options;
    const view = await openView(this.#store, { lockTimeoutMs: LOCK_TIMEOUT_MS, signal });
    if (view.file === null) {
      const nothing = new CompactionRule(KEEP_ALL, this.#nowSeconds);
      return this.#report(nothing, { beforeBytes: 0, afterBytes: 0, receipt: null });
    }
    try {
      const cutoffs = isUnlimited(this.#retention)
        ? KEEP_ALL
        : await findCutoffs(view.file, view.horizon, {
          retention: this.#retention,
          nowSeconds: this.#nowSeconds,
          kinds: new Set(RECORD_KINDS),
          signal,
        });
      return await body(view.file, view.horizon, cutoffs);
    } finally {
      await view.file.close();
    }
  }

  async #count(
    file: OpenFile,
    horizon: number,
    cutoffs: RetentionCutoffs,
    isPlan: boolean,
  ): Promise<CompactionReport> {
    const rule = new CompactionRule(cutoffs, this.#nowSeconds);
    const { signal, onProgress } = this.#options;
    for await (const lines of storeLines(file, { from: 0, to: horizon }, signal)) {
      for (const line of lines) rule.keeps(line);
      onProgress?.(lines.at(-1)!.offset, horizon);
    }
    const afterBytes = horizon - (isPlan ? rule.removedBytes : 0);
    return this.#report(rule, { beforeBytes: horizon, afterBytes, receipt: null });
  }

  #report(
    rule: CompactionRule,
    result: { beforeBytes: number; afterBytes: number; receipt: string | null },
  ): CompactionReport {
    const byKind = rule.counts();
    const sum = (name: "beforeRecords" | "afterRecords" | "removedRecords"): number =>
      RECORD_KINDS.reduce((total, kind) => total + byKind[kind][name], 0);
    const { beforeBytes, afterBytes, receipt } = result;
    return {
      backend: this.#store.backend,
      store: this.#store.paths.active,
      dryRun: this.#options.dryRun ?? false,
      changed: receipt !== null,
      beforeRecords: sum("beforeRecords"),
      afterRecords: sum("afterRecords"),
      beforeBytes,
      afterBytes,
      removedRecords: sum("removedRecords"),
      reclaimedBytes: beforeBytes - afterBytes,
      byKind,
      futureRecords: rule.futureRecords,
      damagedLines: rule.damagedLines,
      receipt,
      durationSeconds: (performance.now() - this.#began) / 1000,
    };
  }

  #receiptDetails(rule: CompactionRule): Record<string, unknown> {
    const counts = rule.counts();
    const limits = RECORD_KINDS.map((kind) => [kind, describeLimits(this.#retention, kind)]);
    const removed = RECORD_KINDS.filter((kind) => counts[kind].removedRecords > 0).map((kind) => {
      const { removedRecords, removedBytes, removedSeqs, removedTimestamps } = counts[kind];
      return [kind, {
        records: removedRecords,
        bytes: removedBytes,
        seqs: removedSeqs,
        timestamps: removedTimestamps,
      }];
    });
    return {
      reason: "retention",
      retention: Object.fromEntries(limits),
      removed: Object.fromEntries(removed),
    };
  }
}

function describeLimits(policy: RetentionPolicy, kind: RecordKind): Record<string, unknown> {
  const { maxRecords, maxAgeSeconds, maxTotalBytes } = limitsOf(policy, kind);
  return {
    max_records: maxRecords ?? null,
    max_age_seconds: maxAgeSeconds ?? null,
    max_total_bytes: maxTotalBytes ?? null,
  };
}

const KEEP_ALL: RetentionCutoffs = { keeps: () => true, hasExpired: false, keptFrom: 0 };

/** Keeps what retention keeps, and whatever is no record that retention knows. */
class CompactionRule implements LineRule {
  // A record that is missing without a reason must not be taken for one that was compacted away.
  readonly carriesLosses = true;
  futureRecords = 0;
  damagedLines = 0;
  removedBytes = 0;

  readonly #cutoffs: RetentionCutoffs;
  readonly #nowSeconds: number;
  readonly #tallies = {
    event: new KindTally(),
    audit: new KindTally(),
    dead_letter: new KindTally(),
  };

  constructor(cutoffs: RetentionCutoffs, nowSeconds: number) {
    this.#cutoffs = cutoffs;
    this.#nowSeconds = nowSeconds;
  }

  keeps(line: StoreLine): boolean {
    const { state, kind } = line.verdict;
    if (state === "damaged") this.damagedLines++;
    if (state === "damaged" || !isRecordKind(kind)) return true;
    const timestamp = lineTimestamp(line);
    const isKept = this.#cutoffs.keeps(kind, line.offset, timestamp);
    if (isKept && timestamp !== null && timestamp > this.#nowSeconds) this.futureRecords++;
    if (!isKept) this.removedBytes += line.length;
    this.#tallies[kind].add(line, timestamp, isKept);
    return isKept;
  }

  counts(): { readonly [K in RecordKind]: CompactionCounts } {
    const { event, audit, dead_letter } = this.#tallies;
    return { event: event.counts(), audit: audit.counts(), dead_letter: dead_letter.counts() };
  }
}

class KindTally {
  readonly #removedSeqs = new Extremes();
  readonly #removedTimestamps = new Extremes();
  #kept = 0;
  #removed = 0;
  #removedBytes = 0;

  add(line: StoreLine, timestamp: number | null, isKept: boolean): void {
    if (isKept) {
      this.#kept++;
      return;
    }
    this.#removed++;
    this.#removedBytes += line.length;
    if (line.verdict.seq !== null) this.#removedSeqs.add(line.verdict.seq);
    if (timestamp !== null) this.#removedTimestamps.add(timestamp);
  }

  counts(): CompactionCounts {
    return {
      beforeRecords: this.#kept + this.#removed,
      afterRecords: this.#kept,
      removedRecords: this.#removed,
      removedBytes: this.#removedBytes,
      removedSeqs: this.#removedSeqs.bounds,
      removedTimestamps: this.#removedTimestamps.bounds,
    };
  }
}
