/**
 * Counters as they stand in a JSON document.
 *
 * @module
 */

import { COUNTER_NAMES, type MetricsSnapshot } from "./snapshot.ts";

/** Reads counters from an object; what is missing or no count is zero. */
export function snapshotFromObject(
  object: Readonly<Record<string, unknown>> | null,
): MetricsSnapshot {
  return Object.fromEntries(
    COUNTER_NAMES.map((name) => {
      const value = object?.[name];
      return [name, typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0];
    }),
  ) as MetricsSnapshot;
}
