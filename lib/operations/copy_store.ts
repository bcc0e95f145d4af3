/**
 * Copies the records of one store to another: resumable, and as often as wanted.
 *
 * @module
 */

import { checkFilter } from "../backend/record_filter.ts";
import { type RawMaintenance, type RawRecord, rawStoreOf } from "../backend/raw_store.ts";
import { PapyraError, throwIfAborted } from "../errors.ts";
import { totalOf } from "../model/count_by_kind.ts";
import { AT_START, CursorTracker, forKinds, kindsOf } from "./copy_cursor.ts";
import { recordsBehind } from "./copy_match.ts";
import { type CopyJob, type CopyPlan, planCopy } from "./copy_plan.ts";
import type { CopyOptions, CopyReport, CopyStep } from "./copy_report.ts";
import { verifyCopy } from "./copy_verify.ts";
import { CopyWriter } from "./copy_writer.ts";

const BATCH_RECORDS = 1000;
const BATCH_LENGTH_MAX = 2 ** 20;

/**
 * Copies what is stored in `from` to `to`, record by record as it stands there, in its order: no number
 * is rounded, no member left out, and retention plays no part. Damaged lines are passed over and
 * counted.
 *
 * The target notes how far the copy came; the next one goes on from there, and copies nothing twice,
 * also where the last one was killed before it noted what it had written. At the end both are compared.
 * One copy at a time, as the only maintenance run of the target; both stores may be written to meanwhile.
 *
 * Throws BUSY; COPY_DIFFERS where the target does not hold what was copied; SEQUENCE_RESET where the
 * source is another store by now; INVALID_ARGUMENT, also for other times than those that were copied
 * before. After any of them, and after ABORTED, the same call goes on where it came to.
 *
 * @example
 * ```ts
 * import { copyStore, openStore } from "@papyra/papyra";
 *
 * await using from = await openStore("memory:");
 * await using to = await openStore("memory:");
 * await from.recordEvent({ eventType: "ActorStarted" });
 * console.log((await copyStore({ from, to })).copied.event); // 1
 * console.log((await copyStore({ from, to })).copied.event); // 0
 * ```
 */
export async function copyStore(options: CopyOptions): Promise<CopyReport> {
  const run = await CopyRun.prepare(options);
  if (options.dryRun) return await run.plan();
  const { waitMs, signal } = options;
  const maintenance = {
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(signal === undefined ? {} : { signal }),
  };
  return await rawStoreOf(options.to).maintain("copy", maintenance, (rest) => run.execute(rest));
}

type Findings = Pick<CopyReport, "copied" | "verification" | "receipt">;

class CopyRun {
  readonly #options: CopyOptions;
  readonly #job: CopyJob;
  readonly #targetId: string;
  readonly #began = performance.now();
  readonly #passedOver = { damaged: 0, unknown_kind: 0 };
  #nonFinite = 0;

  private constructor(
    options: CopyOptions,
    job: Omit<CopyJob, "onPassedOver" | "onCompared">,
    targetId: string,
  ) {
    this.#options = options;
    this.#job = {
      ...job,
      onPassedOver: (what) => void this.#passedOver[what]++,
      onCompared: (done, total) => this.#progress("comparing", done, total),
    };
    this.#targetId = targetId;
  }

  static async prepare(options: CopyOptions): Promise<CopyRun> {
    const { since, until, batchSize = BATCH_RECORDS } = options;
    if (!(Number.isSafeInteger(batchSize) && batchSize > 0)) {
      throw unusable(`batchSize ${batchSize}: it must be a whole number from 1 up`);
    }
    const times = {
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    };
    checkFilter(times);
    const [source, target] = [rawStoreOf(options.from), rawStoreOf(options.to)];
    const [sourceId, targetId] = [await source.identity(), await target.identity()];
    if (sourceId === targetId) throw unusable(`${sourceId}: a store cannot be copied to itself`);
    const job = {
      source,
      target,
      sourceId,
      kinds: kindsOf(options.kinds),
      period: { since: since ?? null, until: until ?? null },
      isAskedFor: (record: RawRecord) => isWithinTimes(record, times),
      signal: options.signal,
    };
    return new CopyRun(options, job, targetId);
  }

  /** What executing it would copy. */
  async plan(): Promise<CopyReport> {
    const plan = await this.#compare();
    const copied = { event: 0, audit: 0, dead_letter: 0 };
    for await (const records of this.#recordsBehind(plan)) {
      for (const record of records) if (this.#takes(record)) copied[record.kind]++;
    }
    return this.#report(plan, { copied, verification: null, receipt: null });
  }

  async execute(maintenance: RawMaintenance): Promise<CopyReport> {
    const plan = await this.#compare();
    const { sourceId, kinds, period, target: raw } = this.#job;
    const target = { store: this.#options.to, raw, maintenance, plan, sourceId, kinds, period };
    const writer = new CopyWriter(target, forKinds((kind) => plan.kinds[kind].cursor));
    try {
      await this.#copy(plan, writer);
      await writer.finish();
    } catch (error) {
      await writer.giveUp();
      throw explained(error, totalOf(writer.copied));
    }
    const verification = await this.#verify(plan, writer);
    const { scope, records, digests } = verification;
    const { copied } = writer;
    const receipt = totalOf(copied) === 0 ? null : await maintenance.writeReceipt("copy", {
      from: sourceId,
      ...period,
      copied: { ...copied },
      verified: { scope, records, digests },
    });
    return this.#report(plan, { copied, verification, receipt });
  }

  #compare(): Promise<CopyPlan> {
    return planCopy(this.#job, this.#options.fromStart ?? false);
  }

  async #copy(plan: CopyPlan, writer: CopyWriter): Promise<void> {
    const { batchSize = BATCH_RECORDS, signal } = this.#options;
    const tracker = new CursorTracker(this.#job.source, writer.cursors);
    let batch: RawRecord[] = [];
    let length = 0;
    for await (const records of this.#recordsBehind(plan)) {
      for (const record of records) {
        tracker.advance(record);
        if (!this.#takes(record)) continue;
        batch.push(record);
        length += record.json.length;
        if (batch.length < batchSize && length < BATCH_LENGTH_MAX) continue;
        await writer.write(batch, tracker.cursors);
        [batch, length] = [[], 0];
      }
    }
    throwIfAborted(signal);
    await writer.write(batch, tracker.cursors);
  }

  #recordsBehind(plan: CopyPlan): AsyncIterable<readonly RawRecord[]> {
    const { source, kinds, signal, onPassedOver } = this.#job;
    return recordsBehind(source, {
      kinds,
      from: forKinds((kind) => plan.kinds[kind].cursor),
      onPassedOver,
      onProgress: (done, total) => this.#progress("copying", done, total),
      ...(signal && { signal }),
    });
  }

  #takes(record: RawRecord): boolean {
    if (!this.#job.isAskedFor(record)) return false;
    if (record.hasNonFinite) this.#nonFinite++;
    return true;
  }

  async #verify(
    plan: CopyPlan,
    writer: CopyWriter,
  ): Promise<NonNullable<CopyReport["verification"]>> {
    const { verify: scope = "all" } = this.#options;
    const isAll = scope === "all";
    const passedOver = { damaged: 0, unknown_kind: 0 };
    const verification = await verifyCopy({
      ...this.#job,
      from: forKinds((kind) => isAll ? AT_START : plan.kinds[kind].from),
      to: writer.cursors,
      behind: forKinds((kind) => isAll ? plan.kinds[kind].begin : plan.kinds[kind].behind),
      onPassedOver: (what) => void passedOver[what]++,
      onProgress: (done, total) => this.#progress("verifying", done, total),
    });
    // Before where this run began there may be more.
    if (isAll) Object.assign(this.#passedOver, passedOver);
    return { scope, ...verification };
  }

  #progress(step: CopyStep, done: number, total: number): void {
    this.#options.onProgress?.(done, total, step);
  }

  #report({ kinds }: CopyPlan, findings: Findings): CopyReport {
    return {
      from: this.#job.sourceId,
      to: this.#targetId,
      dryRun: this.#options.dryRun ?? false,
      changed: findings.receipt !== null,
      resumed: Object.values(kinds).some(({ note }) => note !== null),
      ...findings,
      found: forKinds((kind) => kinds[kind].found),
      damagedLines: this.#passedOver.damaged,
      recordsOfUnknownKind: this.#passedOver.unknown_kind,
      nonFiniteRecords: this.#nonFinite,
      durationSeconds: (performance.now() - this.#began) / 1000,
    };
  }
}

// A record without a timestamp lies in no period of time.
function isWithinTimes(
  { timestamp }: RawRecord,
  { since, until }: { readonly since?: number; readonly until?: number },
): boolean {
  if (since === undefined && until === undefined) return true;
  return timestamp !== null && timestamp >= (since ?? -Infinity) &&
    timestamp <= (until ?? Infinity);
}

function explained(error: unknown, copied: number): unknown {
  if (!(error instanceof PapyraError)) return error;
  const { code, message, file, offset } = error;
  const text = `${message}; ${copied} records were copied before that: copy again to go on`;
  return new PapyraError(code, text, {
    cause: error,
    ...(file === undefined ? {} : { file }),
    ...(offset === undefined ? {} : { offset }),
  });
}

function unusable(what: string): PapyraError {
  return new PapyraError("INVALID_ARGUMENT", `Cannot copy with ${what}`);
}
