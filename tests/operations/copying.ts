/**
 * Stores to be copied, and what can be asked about copies.
 *
 * @module
 */

import { recordToWire } from "../../lib/model/wire.ts";
import type { PersistenceBackend, RecordInput, RecordKind } from "../../mod.ts";

/** Records `count` records, a second apart: of ten an audit, a dead letter and eight events. */
export async function fill(store: PersistenceBackend, count: number, first = 0): Promise<void> {
  await store.recordMany(Array.from({ length: count }, (_, index) => recordAt(first + index)));
}

function recordAt(index: number): RecordInput {
  const timestamp = 1_700_000_000 + index;
  const payload = { index, text: "Zürich ☃" };
  if (index % 10 === 0) return { kind: "audit", timestamp, totalActors: index };
  if (index % 5 === 0) return { kind: "dead_letter", timestamp, messageType: "Ping", payload };
  return { kind: "event", timestamp, eventType: "Tick", actorAddress: "local://1", payload };
}

/** The code that something fails with. */
export async function codeOf(failing: Promise<unknown>): Promise<string> {
  const error = await failing.then(() => new Error("It did not fail"), (thrown) => thrown);
  return error.code ?? String(error);
}

/** What a store holds, in its order, without numbers. */
export async function contentOf(
  store: PersistenceBackend,
  kinds?: readonly RecordKind[],
): Promise<unknown[]> {
  const records: unknown[] = [];
  for await (const record of store.records(kinds)) {
    const { seq: _, ...members } = recordToWire(record);
    records.push(members);
  }
  return records;
}
