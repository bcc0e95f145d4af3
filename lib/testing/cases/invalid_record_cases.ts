/**
 * What is not a record.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { PersistenceBackend } from "../../backend/backend.ts";
import type { RecordInput } from "../../model/record.ts";
import type { CaseGroup } from "../case_group.ts";
import { everything, expectCode } from "../expect.ts";
import { eventOf } from "../samples.ts";

/** Cases of records that have to be refused. */
export const invalidRecordCases: CaseGroup = {
  feature: null,
  cases: {
    async "a field of the wrong type is refused, and nothing is written"(stage) {
      await refusesAll(await stage.open(), [
        { kind: "event" },
        { kind: "event", eventType: 1 },
        { kind: "event", eventType: "A", systemId: 1 },
        { kind: "event", eventType: "A", payload: [] },
        { kind: "event", eventType: "A", payload: "text" },
        { kind: "audit", totalActors: 1.5 },
        { kind: "audit", aliveActors: "1" },
        { kind: "audit", registrySize: NaN },
        { kind: "audit", registryOrphans: "a" },
        { kind: "audit", registryDead: ["a", 1] },
        { kind: "dead_letter" },
        { kind: "dead_letter", messageType: null },
      ]);
    },

    async "a kind that is none is refused, and so is what is no object"(stage) {
      await refusesAll(await stage.open(), [
        {},
        { kind: "Event", eventType: "A" },
        { kind: "checkpoint" },
        null,
        undefined,
        "event",
        42,
        [],
      ]);
    },

    async "a timestamp that is not a finite number is refused"(stage) {
      const timestamps = [NaN, Infinity, -Infinity, "1700000000", true, {}];
      await refusesAll(
        await stage.open(),
        timestamps.map((timestamp) => ({ kind: "audit", timestamp })),
      );
    },

    async "an address that is none is refused"(stage) {
      const addresses = [7, true, [], {}, { system: "a" }, { system: 1, actorId: 1 }, {
        system: "a",
        actorId: 1.5,
      }];
      await refusesAll(await stage.open(), [
        ...addresses.map((actorAddress) => ({ kind: "event", eventType: "A", actorAddress })),
        ...addresses.map((target) => ({ kind: "dead_letter", messageType: "A", target })),
      ]);
    },

    async "a payload that JSON cannot carry is refused, however deep the fault lies"(stage) {
      const faults: unknown[] = [
        NaN,
        Infinity,
        10n,
        Symbol("s"),
        () => {},
        new Map([[1, 2]]),
        new Set([1]),
        new Uint8Array(2),
        /pattern/,
        new Date(NaN),
        [1, undefined],
        circular(),
        throwing(),
      ];
      await refusesAll(await stage.open(), [
        ...faults.map((fault) => ({ kind: "dead_letter", messageType: "A", payload: fault })),
        ...faults.map((fault) => ({
          kind: "event",
          eventType: "A",
          payload: { list: [{ fault }] },
        })),
      ]);
    },
  },
};

async function refusesAll(store: PersistenceBackend, records: readonly unknown[]): Promise<void> {
  for (const record of records) {
    await expectCode("INVALID_RECORD", () => store.recordMany([record as RecordInput]));
  }
  assert.equal((await store.describe()).exists, false);
  await store.recordEvent(eventOf(1));
  assert.equal((await everything(store)).length, 1);
}

function circular(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

function throwing(): unknown {
  return {
    get value(): never {
      throw new Error("no value today");
    },
  };
}
