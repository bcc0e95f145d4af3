/**
 * What the maintainers of the tests say of their runs.
 *
 * @module
 */

import type { Anomaly, ErrorCode } from "../../mod.ts";

/** How one run ended. */
export interface Run {
  readonly changed: boolean;
  readonly removedRecords?: number;
  /** What a recovery found at first. */
  readonly before?: readonly Anomaly[];
  readonly anomalies?: readonly Anomaly[];
  readonly error?: ErrorCode;
  readonly message?: string;
}
