/**
 * What every backend can be given.
 *
 * @module
 */

import type { RetentionPolicy } from "../model/retention.ts";

/** What every backend can be given. */
export interface PersistenceOptions {
  /** What reads keep and compaction leaves. @default {{}} (everything) */
  readonly retention?: RetentionPolicy;
  /** The clock, in Unix seconds. @default {the system's} */
  readonly clock?: () => number;
  /** Whether what this process does is counted in the store's metrics. @default {true} */
  readonly countsMetrics?: boolean;
}
