/**
 * What is said of metrics beside the metrics.
 *
 * @module
 */

import type { MetricsSnapshot } from "../metrics/snapshot.ts";
import type { Notes } from "./notes.ts";

/** Says where counters do not outlive the process that counts, or did not. */
export async function noteTotals({ totals }: MetricsSnapshot, notes: Notes): Promise<void> {
  const { reason, restarts } = totals;
  if (reason !== null) await notes.note(`metrics: ${reason}`);
  if (restarts > 0) {
    await notes.note(`metrics: they were damaged and begun anew, ${restarts} times so far`);
  }
}
