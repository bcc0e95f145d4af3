/**
 * Records without what they carry: what looks at a whole store goes through these. Nobody is handed a
 * record, so none is counted as read.
 *
 * @module
 */

import type { AuditRecord, DeadLetterRecord, EventRecord, RecordKind } from "../model/record.ts";
import type { PersistenceBackend, RecordQuery } from "./backend.ts";

/** As much of a record as counting it takes. Every record is one. */
export type RecordOutline =
  | Pick<EventRecord, "kind" | "timestamp" | "seq" | "eventType">
  | Pick<AuditRecord, "kind" | "timestamp" | "seq">
  | Pick<DeadLetterRecord, "kind" | "timestamp" | "seq" | "messageType">;

/** Which outlines to read; what a query of records says, without its filters. */
export interface OutlineQuery
  extends Pick<RecordQuery, "limit" | "reverse" | "retention" | "signal"> {
  /** Of these kinds. @default {all} */
  readonly kinds?: readonly RecordKind[];
}

/** The name under which backends serve {@linkcode outlinesOf}. */
export const OUTLINES: unique symbol = Symbol("papyra.outlines");

interface Outlined {
  [OUTLINES]?(query: OutlineQuery): AsyncIterable<readonly RecordOutline[]>;
}

/** Yields batches of outlines, oldest first unless asked otherwise. */
export async function* outlinesOf(
  store: PersistenceBackend,
  query: OutlineQuery = {},
): AsyncGenerator<readonly RecordOutline[]> {
  const batches = (store as Outlined)[OUTLINES]?.(query);
  if (batches !== undefined) return yield* batches;
  // A backend that is none of ours by more than its interface.
  for await (const record of store.records(query.kinds, query)) yield [record];
}
