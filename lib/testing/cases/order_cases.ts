/**
 * The order of records is the order of calls.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { EventRecord } from "../../model/record.ts";
import type { CaseGroup } from "../case_group.ts";
import { everything } from "../expect.ts";
import { auditOf, eventOf, letterOf, randomFrom, recordOf } from "../samples.ts";

/** Cases of order under concurrency. */
export const orderCases: CaseGroup = {
  feature: null,
  cases: {
    async "300 concurrent calls are stored in the order in which they were made"(stage) {
      const store = await stage.open();
      const calls = Array.from({ length: 300 }, (_, index) => {
        switch (index % 3) {
          case 0:
            return store.recordEvent(eventOf(index));
          case 1:
            return store.recordAudit(auditOf(index));
          default:
            return store.recordDeadLetter(letterOf(index));
        }
      });
      await Promise.all(calls);
      const times = (await everything(store)).map((record) => record.timestamp);
      assert.deepEqual(times, Array.from({ length: 300 }, (_, index) => eventOf(index).timestamp));
    },

    async "a large record does not let small ones pass"(stage) {
      const store = await stage.open();
      const sizes = [2_000_000, 1, 300_000, 1, 1, 900_000, 1];
      await Promise.all(
        sizes.map((size, index) =>
          store.recordEvent(eventOf(index, { payload: { text: "x".repeat(size) } }))
        ),
      );
      const stored = await everything(store) as EventRecord[];
      assert.deepEqual(stored.map((event) => event.eventType), sizes.map((_, i) => `Event${i}`));
    },

    async "single and many, awaited or not, keep the order of their calls"(stage) {
      const store = await stage.open();
      const random = randomFrom(7);
      const waiting: Promise<unknown>[] = [];
      let made = 0;
      while (made < 400) {
        const count = Math.floor(random() * 6);
        const records = Array.from({ length: count }, () => recordOf("event", made++));
        const call = count === 1 ? store.recordEvent(eventOf(made - 1)) : store.recordMany(records);
        if (random() < 0.2) await call;
        else waiting.push(call);
      }
      await Promise.all(waiting);
      const stored = await store.listEvents();
      assert.deepEqual(
        stored.map((event) => event.eventType),
        Array.from({ length: made }, (_, index) => `Event${index}`),
      );
    },

    async "timestamps do not decide the order: it is that of writing"(stage) {
      const store = await stage.open();
      const times = [500, 100, 900, 100, 300];
      for (const timestamp of times) await store.recordEvent({ eventType: "A", timestamp });
      assert.deepEqual((await store.listEvents()).map((event) => event.timestamp), times);
      const newest = await store.listEvents({ limit: 2 });
      assert.deepEqual(newest.map((event) => event.timestamp), [100, 300]);
    },
  },
};
