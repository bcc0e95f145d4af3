/**
 * Rotation.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { CaseGroup } from "../case_group.ts";
import { expectCode } from "../expect.ts";
import { recordsOf } from "../samples.ts";

/** Cases of `rotate()`. */
export const rotateCases: CaseGroup = {
  feature: "rotate",
  async whereMissing(store) {
    await expectCode("UNSUPPORTED", () => store.rotate());
  },
  cases: {
    async "a store that was never written has nothing to seal, and is not made by asking"(stage) {
      const store = await stage.open();
      assert.equal((await store.rotate()).segment, null);
      assert.equal((await store.describe()).exists, false);
    },

    async "what was recorded before is sealed, and numbers go on behind it"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 2));
      const { segment } = await store.rotate();
      assert.ok(segment !== null && segment.lastSeq === 2 && segment.bytes > 0);
      assert.equal((await store.rotate()).segment, null);
      assert.equal((await store.recordEvent({ eventType: "Next" })).firstSeq, 3);
      assert.equal((await store.listEvents()).length, 3);
      assert.equal((await store.listEvents({ limit: 2 })).length, 2);
      const { healthy, anomaliesTotal, records } = await store.scan();
      assert.deepEqual([healthy, anomaliesTotal, records.event], [true, 0, 3]);
    },

    async "writes that are under way are sealed or go on behind, and none is lost"(stage) {
      const store = await stage.open();
      const writes = [];
      for (let round = 0; round < 10; round++) {
        for (const event of recordsOf("event", 20)) writes.push(store.recordMany([event]));
        writes.push(store.rotate());
      }
      await Promise.all(writes);
      const events = await store.listEvents();
      assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1));
      assert.equal(events.length, 200);
    },
  },
};
