/**
 * What is measured. The variants of a workload take turns, so that whatever else the machine does
 * meets all of them alike, and ratios are formed within a round.
 *
 * @module
 */

import type { SampleStores } from "./_sample_stores.ts";

/** One run of a variant. */
export interface Measured {
  /** What came out, in the workload's unit. */
  readonly value: number;
  /** The most memory that its process had resident at once, bytes; null where nobody watched. */
  readonly peakBytes: number | null;
}

/** One way to do the work. */
export interface Variant {
  /** What it is, and on what it runs. */
  readonly name: string;
  /** Whether its memory is held against {@linkcode PEAK_BYTES_MAX}. @default {false} */
  readonly isPapyra?: boolean;
  /** What is not measured. */
  readonly prepare?: () => Promise<void> | void;
  /** Does the work. */
  readonly run: () => Promise<Measured>;
}

/** The most memory that Papyra may have resident at once, whatever it does. */
export const PEAK_BYTES_MAX = 150e6;

/** What has to come out. */
export interface Goal {
  /** The variant that it is asked of. */
  readonly of: string;
  /** What is asked of: the variant's values, or its most memory. @default {"value"} */
  readonly figure?: "value" | "peak";
  /** The variant that it is held against; without one, the figure itself is. */
  readonly against?: string;
  /** The least that the figure, or the ratio, may be. */
  readonly atLeast?: number;
  /** The most that it may be. */
  readonly atMost?: number;
}

/** Some work, and ways to do it. The first is what the others are compared with. */
export interface Workload {
  /** What the work is. */
  readonly name: string;
  /** What values count, "records/s" for one. */
  readonly unit: string;
  /** What is done, and what is left out of the measure; for the page. */
  readonly about: string;
  /** The ways. */
  readonly variants: readonly Variant[];
  /** What is asked of them, beside memory. */
  readonly goals: readonly Goal[];
}

/** What a workload is made from. */
export interface BenchContext {
  /** A directory of its own. */
  readonly directory: string;
  /** Stores that nobody may change. */
  readonly stores: SampleStores;
}
