/**
 * The state of an actor system as its last audit tells it.
 *
 * @module
 */

import type { PersistenceBackend, RecordQuery } from "../backend/backend.ts";
import type { AuditRecord } from "../model/record.ts";

/** What the newest audit says. */
export interface SystemSummary {
  /** The newest audit; null where none was recorded. */
  readonly audit: AuditRecord | null;
}

/** Reads the newest audit that the query asks for. */
export async function summarize(
  store: PersistenceBackend,
  query: Omit<RecordQuery<AuditRecord>, "limit" | "reverse"> = {},
): Promise<SystemSummary> {
  const [audit = null] = await store.listAudits({ ...query, limit: 1 });
  return { audit };
}
