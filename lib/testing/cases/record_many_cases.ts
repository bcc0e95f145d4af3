/**
 * Recording several records with one acknowledgement.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { EventRecord, RecordInput } from "../../model/record.ts";
import type { CaseGroup } from "../case_group.ts";
import { everything, expectCode } from "../expect.ts";
import { eventOf, mixedRecords, recordOf, recordsOf } from "../samples.ts";

/** Cases of `recordMany()`. */
export const recordManyCases: CaseGroup = {
  feature: null,
  cases: {
    async "recordMany() keeps the order of records of all kinds"(stage) {
      const store = await stage.open();
      const records = mixedRecords(40);
      const { count } = await store.recordMany(records);
      assert.equal(count, 40);
      const stored = await everything(store);
      assert.deepEqual(
        stored.map(({ kind, timestamp }) => [kind, timestamp]),
        records.map(({ kind, timestamp }) => [kind, timestamp]),
      );
    },

    async "recordMany() of nothing writes nothing"(stage) {
      const store = await stage.open();
      const acknowledgement = await store.recordMany([]);
      assert.deepEqual(acknowledgement, { firstSeq: null, lastSeq: null, count: 0 });
      assert.equal((await store.describe()).exists, false);
    },

    async "recordMany() with one bad record writes none"(stage) {
      const store = await stage.open();
      const records = recordsOf("event", 3);
      records.push({ kind: "event", eventType: 7 } as unknown as RecordInput);
      await expectCode("INVALID_RECORD", () => store.recordMany(records));
      assert.deepEqual(await everything(store), []);
    },

    async "recordMany() with one record that is too large writes none"(stage) {
      const store = await stage.open();
      const tooLarge = eventOf(2, { payload: { text: "x".repeat(16 * 2 ** 20) } });
      const records = [recordOf("event", 1), { kind: "event", ...tooLarge } as const];
      await expectCode("RECORD_TOO_LARGE", () => store.recordMany(records));
      assert.deepEqual(await everything(store), []);
    },

    async "recordMany() takes thousands at once"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 5000));
      const stored = await store.listEvents();
      assert.deepEqual(
        stored.map((event) => event.eventType),
        Array.from({ length: 5000 }, (_, index) => `Event${index + 1}`),
      );
    },

    async "recordMany() keeps its records side by side beside other calls"(stage) {
      const store = await stage.open();
      const batchOf = (name: string, count: number): RecordInput[] =>
        Array.from({ length: count }, () => ({ kind: "event", ...eventOf(1), eventType: name }));
      const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
      await Promise.all(names.map((name, index) => store.recordMany(batchOf(name, 5 * index + 1))));
      const stored = await everything(store) as EventRecord[];
      const expected = names.flatMap((name, index) => Array(5 * index + 1).fill(name));
      assert.deepEqual(stored.map((event) => event.eventType), expected);
    },

    async "recordMany() takes its array down at the call"(stage) {
      const store = await stage.open();
      const records = recordsOf("event", 2);
      const written = store.recordMany(records);
      records.push(recordOf("event", 3));
      records[0] = recordOf("audit", 9);
      await written;
      assert.deepEqual((await store.listEvents()).map((event) => event.eventType), [
        "Event1",
        "Event2",
      ]);
    },
  },
};
