/**
 * Records that tell which writer wrote them, and as its how manieth.
 *
 * @module
 */

import type { RecordInput, RecordKind, StoredRecord } from "../../lib/model/record.ts";

const PADDING = "x".repeat(40);

/** The kind of every writer's record number `index`. */
export function kindAt(index: number): RecordKind {
  if (index % 10 === 0) return "audit";
  return index % 5 === 0 ? "dead_letter" : "event";
}

/** The record number `index` of a writer: every tenth an audit, every fifth a dead letter. */
export function recordOf(writer: number, index: number): RecordInput {
  const common = { systemId: String(writer) };
  const payload = { index, PADDING };
  switch (kindAt(index)) {
    case "audit":
      return { kind: "audit", ...common, totalActors: index };
    case "dead_letter":
      return { kind: "dead_letter", ...common, messageType: "Ping", target: "local://1", payload };
    case "event":
      return { kind: "event", ...common, eventType: "Tick", actorAddress: "local://1", payload };
  }
}

/** Who wrote a record, and as its how manieth. */
export interface Origin {
  /** The writer. */
  readonly writer: number;
  /** The record's place among all that it wrote. */
  readonly index: number;
}

/** The index of the writer's next record of a kind behind the one at `index`. */
export function nextIndexOf(kind: RecordKind, index: number): number {
  if (kind !== "event") return index + 10;
  return (index + 1) % 5 === 0 ? index + 2 : index + 1;
}

/** What {@linkcode recordOf} was called with. */
export function originOf(record: StoredRecord): Origin {
  const index = record.kind === "audit"
    ? record.totalActors
    : (record.payload as { readonly index: number }).index;
  return { writer: Number(record.systemId), index };
}
