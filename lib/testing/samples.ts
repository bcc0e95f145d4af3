/**
 * Records to write, and numbers that look random and are the same in each run.
 *
 * @module
 */

import type {
  AuditInput,
  DeadLetterInput,
  EventInput,
  RecordInput,
  RecordKind,
} from "../model/record.ts";

/** The moment at which the suite's clocks stand, Unix seconds. */
export const NOW = 1_700_000_000;

/** The `index`th event, one second after the one before it. */
export function eventOf(index: number, more: Partial<EventInput> = {}): EventInput {
  return {
    timestamp: NOW - 1000 + index,
    eventType: `Event${index}`,
    actorAddress: `local://${index}`,
    payload: { index },
    ...more,
  };
}

/** The `index`th audit. */
export function auditOf(index: number, more: Partial<AuditInput> = {}): AuditInput {
  return { timestamp: NOW - 1000 + index, totalActors: index, registryDead: ["a"], ...more };
}

/** The `index`th dead letter. */
export function letterOf(index: number, more: Partial<DeadLetterInput> = {}): DeadLetterInput {
  return {
    timestamp: NOW - 1000 + index,
    target: `local://${index}`,
    messageType: `Message${index}`,
    payload: { index },
    ...more,
  };
}

/** The `index`th record of a kind. */
export function recordOf(kind: RecordKind, index: number): RecordInput {
  switch (kind) {
    case "event":
      return { kind, ...eventOf(index) };
    case "audit":
      return { kind, ...auditOf(index) };
    case "dead_letter":
      return { kind, ...letterOf(index) };
  }
}

/** Records 1 to `count` of one kind. */
export function recordsOf(kind: RecordKind, count: number): RecordInput[] {
  return Array.from({ length: count }, (_, index) => recordOf(kind, index + 1));
}

/** Records 1 to `count`, the kinds taking turns. */
export function mixedRecords(count: number): RecordInput[] {
  const kinds = ["event", "dead_letter", "audit", "event"] as const;
  return Array.from(
    { length: count },
    (_, index) => recordOf(kinds[index % kinds.length]!, index + 1),
  );
}

/** A source of numbers from 0 up to and without 1, the same ones for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
