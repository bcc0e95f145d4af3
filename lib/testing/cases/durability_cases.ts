/**
 * What outlives a store's opening.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { CaseGroup } from "../case_group.ts";
import { drain, everything, expectSound } from "../expect.ts";
import { eventOf, mixedRecords, recordsOf } from "../samples.ts";

/** Cases of closing a store and opening it again. */
export const durabilityCases: CaseGroup = {
  feature: "durable",
  async whereMissing(store, stage) {
    await store.recordEvent(eventOf(1));
    await store.close();
    const other = await stage.open();
    assert.deepEqual(await everything(other), []);
  },
  cases: {
    async "records are there when the store is opened again, and numbers go on"(stage) {
      let store = await stage.open();
      const { sequenced } = store.backendCapabilities();
      await store.recordMany(mixedRecords(40));
      const records = await everything(store);
      for (let round = 0; round < 3; round++) {
        store = await stage.reopen(store);
        assert.deepEqual((await everything(store)).slice(0, 40), records);
        const { firstSeq } = await store.recordEvent(eventOf(round));
        if (sequenced) assert.equal(firstSeq, 41 + round);
      }
      await expectSound(store);
    },

    async "close() writes out what waits"(stage) {
      const store = await stage.open();
      const calls = Array.from({ length: 200 }, (_, index) => store.recordEvent(eventOf(index)));
      const reopened = await stage.reopen(store);
      await Promise.all(calls);
      assert.equal((await everything(reopened)).length, 200);
    },

    async "what a compaction left is what is there, and nothing takes a number again"(stage) {
      const store = await stage.open();
      const { compact, sequenced } = store.backendCapabilities();
      if (!compact) return;
      await store.recordMany(recordsOf("event", 10));
      await store.compact({ retention: { maxRecords: 0 } });
      const reopened = await stage.reopen(store);
      assert.deepEqual(await everything(reopened), []);
      const { firstSeq } = await reopened.recordEvent(eventOf(11));
      if (sequenced) assert.equal(firstSeq, 11);
      await expectSound(reopened);
    },

    async "counters and receipts are kept"(stage) {
      const store = await stage.open();
      const { metrics, history, compact } = store.backendCapabilities();
      if (!compact) return;
      await store.recordMany(recordsOf("event", 10));
      const { receipt } = await store.compact({ retention: { maxRecords: 1 } });
      const reopened = await stage.reopen(store);
      if (metrics) {
        const snapshot = await reopened.metrics.snapshot();
        assert.deepEqual([snapshot.records_written, snapshot.compactions], [10, 1]);
        await reopened.metrics.reset();
      }
      if (history) {
        assert.deepEqual((await drain(reopened.history())).map(({ id }) => id), [receipt]);
      }
      if (metrics) {
        const again = await stage.reopen(reopened);
        assert.equal((await again.metrics.snapshot()).compactions, 0);
      }
    },
  },
};
