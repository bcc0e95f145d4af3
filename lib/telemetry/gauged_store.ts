/**
 * A store as the host's telemetry sees it.
 *
 * @module
 */

import type { MetricsSnapshot } from "../metrics/snapshot.ts";

/** A store whose gauges the host asks for. */
export interface GaugedStore {
  /** Name of the backend's class. */
  readonly name: string;
  /** Its metrics now; rejects when it is closed meanwhile. */
  snapshot(signal: AbortSignal): Promise<MetricsSnapshot>;
}
