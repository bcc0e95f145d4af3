/**
 * Reading.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { StoredRecord } from "../../model/record.ts";
import type { CaseGroup } from "../case_group.ts";
import { drain, everything, expectCode } from "../expect.ts";
import { eventOf, mixedRecords, NOW, recordsOf } from "../samples.ts";

/** Cases of the streams and lists of records. */
export const readCases: CaseGroup = {
  feature: null,
  cases: {
    async "a store that was never written reads as empty, and stays unwritten"(stage) {
      const store = await stage.open();
      const read = [
        ...await store.listEvents(),
        ...await store.listAudits({ reverse: true }),
        ...await store.listDeadLetters({ limit: 5 }),
        ...await everything(store),
      ];
      assert.deepEqual(read, []);
      assert.equal((await store.describe()).exists, false);
    },

    async "each kind is read by itself, and records() reads any of them together"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(40));
      const all = await everything(store);
      const some = await drain(store.records(["audit", "dead_letter"]));
      const isOf = (...kinds: string[]) => (record: StoredRecord) => kinds.includes(record.kind);
      assert.equal(all.length, 40);
      assert.deepEqual(await store.listEvents(), all.filter(isOf("event")));
      assert.deepEqual(await store.listAudits(), all.filter(isOf("audit")));
      assert.deepEqual(await store.listDeadLetters(), all.filter(isOf("dead_letter")));
      assert.deepEqual(some, all.filter(isOf("audit", "dead_letter")));
      assert.deepEqual(await drain(store.records([])), []);
    },

    async "streams and lists answer alike"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(40));
      for (const query of [{}, { limit: 3 }, { reverse: true }, { since: NOW - 990 }]) {
        assert.deepEqual(await drain(store.events(query)), await store.listEvents(query));
        assert.deepEqual(await drain(store.audits(query)), await store.listAudits(query));
        assert.deepEqual(await drain(store.deadLetters(query)), await store.listDeadLetters(query));
      }
    },

    async "thousands of records read backwards are those read forwards"(stage) {
      const store = await stage.open();
      for (let batch = 0; batch < 4; batch++) await store.recordMany(mixedRecords(2000));
      const forwards = await everything(store);
      const backwards = await drain(store.records(undefined, { reverse: true }));
      assert.equal(forwards.length, 8000);
      assert.deepEqual(backwards.reverse(), forwards);
    },

    async "limit takes the newest, after all other filters"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 50));
      const namesOf = (events: readonly { eventType: string }[]) => events.map((e) => e.eventType);
      const where = (event: { payload: { readonly index?: unknown } }) =>
        Number(event.payload.index) % 10 === 0;
      assert.deepEqual(namesOf(await store.listEvents({ limit: 2 })), ["Event49", "Event50"]);
      assert.deepEqual(namesOf(await store.listEvents({ limit: 2, reverse: true })), [
        "Event50",
        "Event49",
      ]);
      assert.deepEqual(namesOf(await store.listEvents({ limit: 2, where })), [
        "Event40",
        "Event50",
      ]);
      assert.deepEqual(namesOf(await store.listEvents({ limit: 2, until: NOW - 995, where })), []);
      assert.deepEqual(namesOf(await store.listEvents({ limit: 0 })), []);
      assert.equal((await store.listEvents({ limit: 51 })).length, 50);
    },

    async "since and until include their own moment"(stage) {
      const store = await stage.open();
      for (const timestamp of [1.5, 2.5, 3.5, 4.5]) {
        await store.recordEvent({ eventType: "A", timestamp });
      }
      const times = async (query: { since?: number; until?: number }) =>
        (await store.listEvents(query)).map((event) => event.timestamp);
      assert.deepEqual(await times({ since: 2.5, until: 3.5 }), [2.5, 3.5]);
      assert.deepEqual(await times({ since: 2.6 }), [3.5, 4.5]);
      assert.deepEqual(await times({ until: 2.4 }), [1.5]);
      assert.deepEqual(await times({ since: 4, until: 2 }), []);
      assert.deepEqual(await times({ since: NOW * 2 }), []);
    },

    async "a query that cannot be is refused"(stage) {
      const store = await stage.open();
      const queries = [
        { limit: -1 },
        { limit: 1.5 },
        { limit: NaN },
        { since: NaN },
        { until: NaN },
        { type: 1 as unknown as string },
        { type: ["Ping", null] as unknown as string[] },
        { actor: 7 as unknown as string },
        { target: { system: "local" } as unknown as string },
        { retention: { maxRecords: -1 } },
      ];
      const { sequenced } = store.backendCapabilities();
      const numbers = sequenced ? [-1, 0.5, NaN, Infinity] : [];
      for (const query of [...queries, ...numbers.map((afterSeq) => ({ afterSeq }))]) {
        await expectCode("INVALID_ARGUMENT", () => store.listEvents(query));
        await expectCode("INVALID_ARGUMENT", () => drain(store.audits(query)));
      }
    },

    async "a stream can be left early, and read again"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 1000));
      const stream = store.events();
      let first: unknown;
      for await (const event of stream) {
        first = event;
        break;
      }
      const again = await drain(stream);
      assert.equal(again.length, 1000);
      assert.deepEqual(again[0], first);
      assert.equal(stream.skipped, 0);
    },

    async "a read does not see what is written after it began"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 600));
      for (const reverse of [false, true]) {
        const before = (await store.listEvents()).length;
        const iterator = store.events({ reverse })[Symbol.asyncIterator]();
        await iterator.next();
        await store.recordMany(recordsOf("event", 300));
        let read = 1;
        while (!(await iterator.next()).done) read++;
        assert.equal(read, before);
      }
    },

    async "several reads go on side by side with writes"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 500));
      const reads = Array.from({ length: 5 }, () => store.listEvents({ limit: 400 }));
      const writes = Array.from({ length: 50 }, (_, i) => store.recordEvent(eventOf(501 + i)));
      for (const events of await Promise.all(reads)) {
        const first = Number(events[0]!.payload.index);
        assert.deepEqual(
          events.map((event) => event.payload.index),
          Array.from({ length: 400 }, (_, index) => first + index),
        );
      }
      await Promise.all(writes);
      assert.equal((await store.listEvents()).length, 550);
    },

    async "what a filter throws ends the read, and the store goes on"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 3));
      const where = (): boolean => {
        throw new RangeError("the filter's own");
      };
      await assert.rejects(() => store.listEvents({ where }), RangeError);
      assert.equal((await store.listEvents()).length, 3);
    },
  },
};
