/**
 * Removes from a store what retention has expired, and gives the space back.
 *
 * @module
 */

import type { CompactionOptions, MaintenanceOptions } from "../../../backend/backend.ts";
import { PapyraError } from "../../../errors.ts";
import { type Compression, parseCompression } from "../../../model/compression.ts";
import { RECORD_KINDS, type RecordKind } from "../../../model/record.ts";
import type { CompactionReport } from "../../../model/report.ts";
import { isUnlimited, limitsOf, type RetentionPolicy } from "../../../model/retention.ts";
import { codecOf } from "../../../storage/compressed/block_codec.ts";
import type { MaintenanceLock } from "../../../storage/maintenance_lock.ts";
import { lastSealedSeqs } from "../../../storage/sealed_tail.ts";
import { listParts } from "../../../storage/store_parts.ts";
import { CompressionTally } from "./compression_tally.ts";
import { CompactionRule } from "./compaction_rule.ts";
import { compressSegment } from "./compress_segment.ts";
import {
  type ExpiredPart,
  type ExpiredParts,
  findExpiredParts,
  removePart,
} from "./expired_parts.ts";
import type { FileStore } from "../store/file_store.ts";
import type { Numbering } from "../replacing/line_copy.ts";
import { maintain, removeLeftovers } from "../replacing/maintenance.ts";
import { ReceiptIds } from "../receipts/receipts.ts";
import { replacePart } from "../replacing/replace_file.ts";
import {
  cutAt,
  cutoffsByAge,
  findCutoffs,
  type RetentionCutoffs,
} from "../reading/retention_cutoffs.ts";
import { readSummary } from "../summaries/segment_summaries.ts";
import { SequenceCheck } from "../sequence/sequence_check.ts";
import { partRuns, type StorePart } from "../store/store_part.ts";
import {
  findPart,
  openLastingView,
  openView,
  sizeOf,
  type StoreView,
} from "../store/store_view.ts";

// A plan is made without the lock where writers are busy.
const PLAN_TIMEOUT_MS = 1000;

/** Compacts `store` to what `retention` keeps. */
export async function compactStore(
  store: FileStore,
  retention: RetentionPolicy,
  options: CompactionOptions,
): Promise<CompactionReport> {
  const compaction = new Compaction(store, byRetention(store, retention, options), options);
  const parts = await listParts(store.fileSystem, store.paths);
  if (options.dryRun || parts.length === 0) return await compaction.plan();
  return await maintain(store, "compact", options, async (lock) => {
    await removeLeftovers(store);
    return await compaction.run(lock);
  });
}

/**
 * Removes the oldest files of `store` until it has no more than `filesMax` beside the active one; null
 * where there was nothing to do.
 */
export async function dropOldestFiles(
  store: FileStore,
  filesMax: number,
  options: MaintenanceOptions = {},
): Promise<CompactionReport | null> {
  const isTooMany = async (): Promise<boolean> => {
    const parts = await listParts(store.fileSystem, store.paths);
    return parts.filter(({ role }) => role !== "active").length > filesMax;
  };
  if (!await isTooMany()) return null;
  return await maintain(store, "rotate", options, async (lock) => {
    // Another process may have seen to it meanwhile.
    if (!await isTooMany()) return null;
    return await new Compaction(store, byFileCount(filesMax), options).run(lock);
  });
}

/** Why records go, and which. */
interface Reason {
  /** Finds what is kept of a look. */
  findCutoffs(view: StoreView): Promise<RetentionCutoffs>;
  /** What receipts say of it. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Whether anybody wants to know how many records there were. */
  readonly isCounted: boolean;
}

function byRetention(
  store: FileStore,
  retention: RetentionPolicy,
  { signal }: CompactionOptions,
): Reason {
  const limits = RECORD_KINDS.map((kind) => [kind, describeLimits(retention, kind)]);
  return {
    findCutoffs: async ({ parts }) => {
      if (isUnlimited(retention)) return cutAt(0);
      const nowSeconds = store.now();
      const kinds = new Set(RECORD_KINDS);
      const horizon = parts.at(-1)?.horizon ?? 0;
      return cutoffsByAge(retention, nowSeconds) ??
        await findCutoffs(store, parts, horizon, { retention, nowSeconds, kinds, signal });
    },
    details: { reason: "retention", retention: Object.fromEntries(limits) },
    isCounted: true,
  };
}

function byFileCount(filesMax: number): Reason {
  return {
    findCutoffs: ({ parts }) => {
      const others = parts.filter(({ role }) => role !== "active");
      const firstKept = parts[Math.max(0, others.length - filesMax)];
      return Promise.resolve(cutAt(firstKept?.base ?? 0));
    },
    details: { reason: "max_files", max_files: filesMax },
    isCounted: false,
  };
}

class Compaction {
  readonly #store: FileStore;
  readonly #reason: Reason;
  readonly #options: CompactionOptions;
  readonly #began = performance.now();
  readonly #nowSeconds: number;
  readonly #receipts: ReceiptIds;
  readonly #progress: (part: StorePart, before?: number) => MaintenanceOptions;
  readonly #compressed: CompressionTally | null;
  #cutoffs: RetentionCutoffs = cutAt(0);
  #filesChanged = 0;
  #total = 0;
  #beforeBytes = 0;
  #afterBytes = 0;

  constructor(store: FileStore, reason: Reason, options: CompactionOptions) {
    this.#store = store;
    this.#reason = reason;
    this.#options = options;
    this.#nowSeconds = store.now();
    this.#receipts = new ReceiptIds(this.#nowSeconds);
    this.#compressed = tallyFor(options.compress);
    this.#progress = (part, before = 0) => ({
      signal: options.signal,
      onProgress: (done) => options.onProgress?.(before + part.progressAt(done), this.#total),
    } as MaintenanceOptions);
  }

  /** Reports what a run would do. */
  plan(): Promise<CompactionReport> {
    const { signal } = this.#options;
    const look = () => openView(this.#store, { lockTimeoutMs: PLAN_TIMEOUT_MS, signal });
    return this.#withView(look, async ({ parts }) => {
      const total = this.#newRule();
      const { expired } = await this.#findExpired(parts);
      for (const part of parts.slice(expired.length)) {
        const rule = await this.#count(part);
        // Of a compressed file, about so much.
        this.#note(part.size, part.size - part.sizeOf(rule.removedBytes));
        const isLeft = rule.damagedLines > 0;
        if (this.#compressed?.takes(part)) this.#compressed.note(part.size, isLeft ? null : 0);
        total.include(rule);
      }
      for (const { part, rule } of expired) {
        this.#note(part.size, 0);
        total.include(rule);
      }
      return total;
    });
  }

  /** Does it. */
  run(lock: MaintenanceLock): Promise<CompactionReport> {
    // Nothing may be removed for the sake of newer records that go away themselves.
    const look = () => lock.withTurn(() => openLastingView(this.#store, this.#options.signal));
    return this.#withView(look, async ({ parts }) => {
      const total = this.#newRule();
      const gone = await this.#findExpired(parts);
      const { expired, sequence, namedSeq } = gone;
      const [first, ...others] = parts.slice(expired.length);
      // Before any file goes, the first that stays must say that what is missing before it went on purpose.
      const goneBefore = sequence.highest > 0 || namedSeq > 0 ? gone : null;
      if (first !== undefined) total.include(await this.#compactPart(lock, first, goneBefore));
      for (const each of expired) {
        await this.#remove(lock, each);
        total.include(each.rule);
      }
      for (const part of others) total.include(await this.#compactPart(lock, part, null));
      for (const part of parts.slice(expired.length)) await this.#compress(lock, part);
      return total;
    });
  }

  async #withView(
    look: () => Promise<StoreView>,
    body: (view: StoreView) => Promise<CompactionRule>,
  ): Promise<CompactionReport> {
    const view = await look();
    try {
      this.#total = sizeOf(view) * (this.#compressed === null ? 1 : 2);
      this.#cutoffs = await this.#reason.findCutoffs(view);
      return this.#report(await body(view));
    } catch (error) {
      throw this.#filesChanged === 0 ? error : this.#explainStop(error);
    } finally {
      await view.close();
    }
  }

  async #findExpired(parts: readonly StorePart[]): Promise<ExpiredParts> {
    if (!this.#cutoffs.hasExpired) {
      return { expired: [], sequence: new SequenceCheck(), namedSeq: 0 };
    }
    return await findExpiredParts(parts, () => this.#newRule(), this.#options.signal);
  }

  async #compactPart(
    lock: MaintenanceLock,
    part: StorePart,
    goneBefore: ExpiredParts | null,
  ): Promise<CompactionRule> {
    if (goneBefore === null) {
      if (!this.#reason.isCounted && part.base >= this.#cutoffs.allKeptFrom) {
        return this.#newRule();
      }
      const counted = await this.#count(part, (rule) => rule.removedBytes > 0);
      if (counted.removedBytes === 0) {
        this.#note(part.size, part.size);
        return counted;
      }
    }
    const rule = this.#newRule();
    const { oldBytes, newBytes } = await replacePart(this.#store, lock, {
      operation: "compact",
      receipt: this.#receipts.next(),
      part,
      rule,
      numbering: await this.#numberingOf(part, goneBefore),
      details: () => this.#receiptDetails(rule),
    }, this.#progress(part));
    await this.#letGo(part);
    this.#note(oldBytes, newBytes);
    return rule;
  }

  async #numberingOf(part: StorePart, goneBefore: ExpiredParts | null): Promise<Numbering> {
    const seqBehind = null;
    if (goneBefore !== null) {
      const { sequence, namedSeq: durableSeq } = goneBefore;
      return { sequence, from: 1, firstGiven: part.firstSeq ?? 1, durableSeq, seqBehind };
    }
    const { fileSystem, paths } = this.#store;
    const firstGiven = part.firstSeq ??
      (await lastSealedSeqs(fileSystem, paths, part.identity)).shown + 1;
    return { sequence: new SequenceCheck(), from: null, firstGiven, durableSeq: 0, seqBehind };
  }

  async #remove(lock: MaintenanceLock, expired: ExpiredPart): Promise<void> {
    const id = this.#receipts.next();
    const details = this.#receiptDetails(expired.rule);
    await removePart(this.#store, lock, expired, { id, details });
    await this.#letGo(expired.part);
    this.#note(expired.part.size, 0);
  }

  async #compress(lock: MaintenanceLock, part: StorePart): Promise<void> {
    const tally = this.#compressed;
    if (!tally?.takes(part)) return;
    await part.close();
    // It may have been replaced above.
    const current = findPart(this.#store, part.path);
    if (current === null) return;
    try {
      const newBytes = await compressSegment(this.#store, lock, current, {
        ...this.#progress(part, this.#total / 2),
        form: tally.form,
        nextReceipt: () => this.#receipts.next(),
      });
      tally.note(current.size, newBytes);
      if (newBytes === null) return;
      this.#filesChanged++;
      this.#note(0, newBytes - current.size);
    } finally {
      await current.close();
    }
  }

  // What has no name any more takes up room for as long as it is open.
  async #letGo(part: StorePart): Promise<void> {
    this.#filesChanged++;
    await part.close();
  }

  async #count(
    part: StorePart,
    isEnough: (rule: CompactionRule) => boolean = () => false,
  ): Promise<CompactionRule> {
    const rule = this.#newRule();
    const known = await readSummary(this.#store, part);
    if (known !== null && rule.takeKept(part.base, known.counts)) return rule;
    const { signal, onProgress } = this.#progress(part);
    for await (const batch of partRuns(part, signal)) {
      rule.count(batch);
      if (isEnough(rule)) break;
      onProgress?.(batch.at(-1)!.offset, this.#total);
    }
    return rule;
  }

  #newRule(): CompactionRule {
    return new CompactionRule(this.#cutoffs, this.#nowSeconds);
  }

  #note(beforeBytes: number, afterBytes: number): void {
    this.#beforeBytes += beforeBytes;
    this.#afterBytes += afterBytes;
  }

  // Every file is as before or as after, but not every file is as before.
  #explainStop(error: unknown): unknown {
    if (!(error instanceof PapyraError)) return error;
    const { code, message, file } = error;
    return new PapyraError(
      code,
      `${message}; ${this.#filesChanged} files of the store were dealt with before that (receipt ${this.#receipts.run}), the others are as they were: run it again to go on`,
      { cause: error, ...(file === undefined ? {} : { file }) },
    );
  }

  #report(rule: CompactionRule): CompactionReport {
    const byKind = rule.counts();
    const sum = (name: "beforeRecords" | "afterRecords" | "removedRecords"): number =>
      RECORD_KINDS.reduce((total, kind) => total + byKind[kind][name], 0);
    return {
      backend: this.#store.backend,
      store: this.#store.paths.active,
      dryRun: this.#options.dryRun ?? false,
      changed: this.#receipts.used !== null,
      beforeRecords: sum("beforeRecords"),
      afterRecords: sum("afterRecords"),
      beforeBytes: this.#beforeBytes,
      afterBytes: this.#afterBytes,
      removedRecords: sum("removedRecords"),
      reclaimedBytes: this.#beforeBytes - this.#afterBytes,
      byKind,
      futureRecords: rule.futureRecords,
      damagedLines: rule.damagedLines,
      compression: this.#compressed?.counts(this.#options.dryRun ?? false) ?? null,
      receipt: this.#receipts.used,
      durationSeconds: (performance.now() - this.#began) / 1000,
    };
  }

  #receiptDetails(rule: CompactionRule): Record<string, unknown> {
    const counts = rule.counts();
    const removed = RECORD_KINDS.filter((kind) => counts[kind].removedRecords > 0).map((kind) => {
      const { removedRecords, removedBytes, removedSeqs, removedTimestamps } = counts[kind];
      return [kind, {
        records: removedRecords,
        bytes: removedBytes,
        seqs: removedSeqs,
        timestamps: removedTimestamps,
      }];
    });
    return { ...this.#reason.details, removed: Object.fromEntries(removed) };
  }
}

function tallyFor(compress: Compression | undefined): CompressionTally | null {
  if (compress === undefined) return null;
  const form = parseCompression(compress);
  // Where the runtime cannot, that is told before anything is done.
  codecOf(form);
  return new CompressionTally(form);
}

function describeLimits(policy: RetentionPolicy, kind: RecordKind): Record<string, unknown> {
  const { maxRecords, maxAgeSeconds, maxTotalBytes } = limitsOf(policy, kind);
  return {
    max_records: maxRecords ?? null,
    max_age_seconds: maxAgeSeconds ?? null,
    max_total_bytes: maxTotalBytes ?? null,
  };
}
