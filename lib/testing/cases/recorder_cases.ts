/**
 * A recorder on top of the backend.
 *
 * @module
 */

import assert from "node:assert/strict";
import { createRecorder, type DroppedRecord } from "../../backend/recorder.ts";
import type { EventInput } from "../../model/record.ts";
import type { CaseGroup } from "../case_group.ts";
import { everything } from "../expect.ts";
import { auditOf, eventOf, letterOf } from "../samples.ts";

/** Cases of `createRecorder()`. */
export const recorderCases: CaseGroup = {
  feature: null,
  cases: {
    async "a recorder keeps the order in which records are emitted"(stage) {
      const store = await stage.open();
      const recorder = createRecorder(store);
      for (let index = 0; index < 3000; index += 3) {
        recorder.event(eventOf(index));
        recorder.audit(auditOf(index + 1));
        recorder.deadLetter(letterOf(index + 2));
        if (index % 300 === 0) await recorder.flush();
      }
      await recorder.close();
      const times = (await everything(store)).map((record) => record.timestamp);
      assert.deepEqual(times, Array.from({ length: 3000 }, (_, i) => eventOf(i).timestamp));
      assert.equal(recorder.stats.recorded, 3000);
    },

    async "a record that the store refuses takes no other one with it"(stage) {
      const store = await stage.open();
      const dropped: DroppedRecord[] = [];
      const recorder = createRecorder(store, {
        waitingBytesMax: 64 * 2 ** 20,
        onDrop: (drop) => dropped.push(drop),
      });
      recorder.event(eventOf(1));
      recorder.event({} as EventInput);
      recorder.event(eventOf(2, { payload: { text: "x".repeat(16 * 2 ** 20) } }));
      recorder.event(eventOf(3));
      await recorder.close();
      assert.deepEqual(
        (await store.listEvents()).map((event) => event.eventType),
        ["Event1", "Event3"],
      );
      assert.deepEqual(dropped.map(({ reason }) => reason), ["invalid", "refused"]);
    },

    async "a recorder on a closed store drops everything and throws nothing"(stage) {
      const store = await stage.open();
      const recorder = createRecorder(store);
      recorder.event(eventOf(1));
      await recorder.flush();
      await store.close();
      recorder.event(eventOf(2));
      await recorder.flush();
      await recorder.close();
      const { recorded, dropped } = recorder.stats;
      assert.deepEqual([recorded, dropped.refused], [1, 1]);
    },
  },
};
