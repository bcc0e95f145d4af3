/**
 * Records to measure with.
 *
 * @module
 */

import type { RecordInput } from "../../mod.ts";

const PADDING = "All work and no play makes Jack a dull boy. ".repeat(1000);

/** When the first record of a sample store was made. */
export const FIRST_TIMESTAMP = 1_700_000_000;
/** How many records each second of a sample store has. */
export const RECORDS_PER_SECOND = 100;

/** A record such as actor systems produce: mostly events, now and then the others. */
export function sampleRecord(index: number): RecordInput {
  const timestamp = FIRST_TIMESTAMP + index / RECORDS_PER_SECOND;
  if (index % 50 === 0) {
    return { kind: "audit", timestamp, totalActors: index % 100, aliveActors: index % 90 };
  }
  if (index % 20 === 1) {
    const payload = { order: index, reason: "no such actor", attempts: [1, 2, 3] };
    return {
      kind: "dead_letter",
      timestamp,
      target: `local://${index % 97}`,
      messageType: "Ship",
      payload,
    };
  }
  const payload = { order: index, customer: `customer ${index % 1009}`, note: "Grüße, 你好" };
  return {
    kind: "event",
    timestamp,
    actorAddress: `local://${index % 97}`,
    eventType: "OrderPlaced",
    payload,
  };
}

/** The same with a payload that is so much larger. */
export function paddedRecord(index: number, paddingBytes = 0): RecordInput {
  const record = sampleRecord(index);
  if (paddingBytes === 0 || record.kind === "audit") return record;
  return { ...record, payload: { order: index, text: PADDING.slice(0, paddingBytes) } };
}
