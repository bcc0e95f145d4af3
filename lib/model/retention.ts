/**
 * Retention: which records a store is asked to keep. Pure; the clock is passed in.
 *
 * The rules are applied per kind, in this order: age, then the newest `maxRecords`, then the longest
 * suffix of what is left that fits `maxTotalBytes`. A record without a timestamp is never too old.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";
import { RECORD_KINDS, type RecordKind } from "./record.ts";

/** Limits for the records of one kind. What is not given does not limit. */
export interface RetentionLimits {
  /** Keep the newest so many. */
  readonly maxRecords?: number;
  /** Keep those whose timestamp is not older than so many seconds. */
  readonly maxAgeSeconds?: number;
  /** Keep the newest that fit so many stored bytes, newlines included. */
  readonly maxTotalBytes?: number;
}

/** Limits for every kind, each counted by itself. */
export interface RetentionPolicy extends RetentionLimits {
  /** Limits of single kinds; each limit given here takes the place of the general one. */
  readonly byKind?: { readonly [K in RecordKind]?: RetentionLimits };
}

/** A run of records of one kind, with nothing of that kind in between. */
export interface RecordRun {
  /** How many. */
  readonly records: number;
  /** The stored bytes of all of them. */
  readonly bytes: number;
  /** Their timestamps, as far as they have one. */
  readonly timestamps: { readonly min: number; readonly max: number } | null;
  /** How many have none. */
  readonly untimed: number;
}

/** Decides record by record, or by whole runs, fed from the newest to the oldest. */
export interface RetentionPlan {
  /** Whether the next older record is kept. Call exactly once for each record, newest first. */
  keeps(kind: RecordKind, timestamp: number | null, storedBytes: number): boolean;
  /** Whether every older record of this kind is expired, whatever it says. */
  isExhausted(kind: RecordKind): boolean;
  /** What becomes of the next older records together; null where not all meet the same end. */
  verdictOn(kind: RecordKind, run: RecordRun): "kept" | "expired" | null;
  /** Takes a run that is kept. Newest first, as with {@linkcode RetentionPlan.keeps}. */
  takeKept(kind: RecordKind, run: RecordRun): void;
  /** The oldest timestamp still kept for a kind; -Infinity without an age limit. */
  oldestKept(kind: RecordKind): number;
}

const LIMIT_NAMES = ["maxRecords", "maxAgeSeconds", "maxTotalBytes"] as const;

/** Whether the policy limits nothing. */
export function isUnlimited(policy: RetentionPolicy): boolean {
  return RECORD_KINDS.every((kind) => {
    const limits = limitsOf(policy, kind);
    return LIMIT_NAMES.every((name) => limits[name] === undefined || limits[name] === Infinity);
  });
}

/** The limits that hold for one kind. */
export function limitsOf(policy: RetentionPolicy, kind: RecordKind): RetentionLimits {
  const { byKind, ...general } = policy;
  return { ...general, ...byKind?.[kind] };
}

/** Throws INVALID_ARGUMENT where a name is unknown or a limit is not a number from 0 up. */
export function validateRetention(policy: RetentionPolicy): void {
  const { byKind = {}, ...general } = policy;
  // A misspelt name would remove records that it was to protect.
  refuseUnknown(byKind, RECORD_KINDS, "kind");
  for (const limits of [general, ...Object.values(byKind)]) {
    refuseUnknown(limits ?? {}, LIMIT_NAMES, "limit");
  }
  for (const kind of RECORD_KINDS) {
    const limits = limitsOf(policy, kind);
    for (const name of LIMIT_NAMES) {
      const limit = limits[name];
      if (limit === undefined) continue;
      const whole = name === "maxAgeSeconds" || limit === Infinity || Number.isInteger(limit);
      if (typeof limit !== "number" || !(limit >= 0) || !whole) {
        throw new PapyraError(
          "INVALID_ARGUMENT",
          `Cannot use retention limit ${name} ${limit}: it must be a ${
            name === "maxAgeSeconds" ? "" : "whole "
          }number from 0 up`,
        );
      }
    }
  }
}

function refuseUnknown(given: object, known: readonly string[], what: string): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new PapyraError(
    "INVALID_ARGUMENT",
    `Unknown retention ${what} "${unknown}": use ${known.join(", ")}`,
  );
}

/**
 * Plans what `policy` keeps at the moment `nowSeconds`.
 *
 * @example
 * ```ts
 * import { planRetention } from "@papyra/papyra";
 *
 * const plan = planRetention({ maxRecords: 1 }, 1_700_000_000);
 * console.log(plan.keeps("event", 1_699_999_999, 120)); // true: the newest
 * console.log(plan.keeps("event", 1_699_999_998, 120)); // false
 * ```
 */
export function planRetention(policy: RetentionPolicy, nowSeconds: number): RetentionPlan {
  validateRetention(policy);
  const states = {
    event: new KindPlan(limitsOf(policy, "event"), nowSeconds),
    audit: new KindPlan(limitsOf(policy, "audit"), nowSeconds),
    dead_letter: new KindPlan(limitsOf(policy, "dead_letter"), nowSeconds),
  };
  return {
    keeps: (kind, timestamp, storedBytes) => states[kind].keeps(timestamp, storedBytes),
    isExhausted: (kind) => states[kind].isExhausted,
    verdictOn: (kind, run) => states[kind].verdictOn(run),
    takeKept: (kind, run) => states[kind].takeKept(run),
    oldestKept: (kind) => states[kind].oldestKept,
  };
}

class KindPlan {
  readonly oldestKept: number;
  #recordsLeft: number;
  #bytesLeft: number;

  constructor(limits: RetentionLimits, nowSeconds: number) {
    this.oldestKept = nowSeconds - (limits.maxAgeSeconds ?? Infinity);
    this.#recordsLeft = limits.maxRecords ?? Infinity;
    this.#bytesLeft = limits.maxTotalBytes ?? Infinity;
  }

  get isExhausted(): boolean {
    return this.#recordsLeft <= 0 || this.#bytesLeft <= 0;
  }

  keeps(timestamp: number | null, storedBytes: number): boolean {
    if (this.isExhausted) return false;
    if (timestamp !== null && timestamp < this.oldestKept) return false;
    if (storedBytes > this.#bytesLeft) {
      // The suffix ends here: an older, smaller record must not slip in behind it.
      this.#bytesLeft = 0;
      return false;
    }
    this.#recordsLeft--;
    this.#bytesLeft -= storedBytes;
    return true;
  }

  verdictOn({ records, bytes, timestamps, untimed }: RecordRun): "kept" | "expired" | null {
    if (records === 0) return "kept";
    if (this.isExhausted) return "expired";
    const { min, max } = timestamps ?? { min: Infinity, max: Infinity };
    if (untimed === 0 && max < this.oldestKept) return "expired";
    const fits = records <= this.#recordsLeft && bytes <= this.#bytesLeft;
    return fits && min >= this.oldestKept ? "kept" : null;
  }

  takeKept({ records, bytes }: RecordRun): void {
    this.#recordsLeft -= records;
    this.#bytesLeft -= bytes;
  }
}
