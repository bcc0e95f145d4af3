/**
 * Options of commands that tell metrics.
 *
 * @module
 */

import { flag } from "../option.ts";
import { RETENTION_OPTIONS } from "./store_options.ts";

/** Options that say what to measure. */
export const METRICS_OPTIONS = {
  ...RETENTION_OPTIONS,
  withRetained: flag(
    "Measure too what retention keeps, which takes as long as planning a compaction",
  ),
};
