/**
 * What the next compaction of a store would do, where that can be told.
 *
 * @module
 */

import type { PersistenceBackend, ProgressOptions } from "../backend/backend.ts";
import type { PapyraError } from "../errors.ts";
import type { CompactionReport } from "../model/report.ts";
import { orRefusal } from "./or_refusal.ts";

/** The plan, or why there is none: a store that nobody can plan for can still be told of. */
export async function planCompaction(
  store: PersistenceBackend,
  options: ProgressOptions,
): Promise<CompactionReport | PapyraError> {
  return await orRefusal(() => store.compact({ ...options, dryRun: true }));
}
