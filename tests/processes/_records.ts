/**
 * Records that tell which writer wrote them, and as its how manieth.
 *
 * @module
 */

import type { RecordInput, StoredRecord } from "../../lib/model/record.ts";

const PADDING = "x".repeat(40);

/** The record number `index` of a writer: every tenth an audit, every fifth a dead letter. */
export function recordOf(writer: number, index: number): RecordInput {
  const common = { systemId: String(writer) };
  if (index % 10 === 0) return { kind: "audit", ...common, totalActors: index };
  const payload = { index, PADDING };
  return index % 5 === 0
    ? { kind: "dead_letter", ...common, messageType: "Ping", target: "local://1", payload }
    : { kind: "event", ...common, eventType: "Tick", actorAddress: "local://1", payload };
}

/** What {@linkcode recordOf} was called with. */
export function originOf(
  record: StoredRecord,
): { readonly writer: number; readonly index: number } {
  const index = record.kind === "audit"
    ? record.totalActors
    : (record.payload as { readonly index: number }).index;
  return { writer: Number(record.systemId), index };
}
