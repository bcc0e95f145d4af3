/**
 * Sequence numbers.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { RecordInput } from "../../model/record.ts";
import type { CaseGroup } from "../case_group.ts";
import { everything, expectCode } from "../expect.ts";
import { auditOf, eventOf, letterOf, recordsOf } from "../samples.ts";

/** Cases of the numbers that records get. */
export const sequenceCases: CaseGroup = {
  feature: "sequenced",
  async whereMissing(store) {
    const { firstSeq, lastSeq } = await store.recordEvent(eventOf(1));
    assert.deepEqual([firstSeq, lastSeq], [null, null]);
    assert.deepEqual((await everything(store)).map((record) => record.seq), [null]);
  },
  cases: {
    async "records of all kinds are numbered from 1 in one order"(stage) {
      const store = await stage.open();
      const acknowledgements = [
        await store.recordEvent(eventOf(1)),
        await store.recordAudit(auditOf(2)),
        await store.recordMany(recordsOf("event", 3)),
        await store.recordDeadLetter(letterOf(6)),
      ];
      assert.deepEqual(acknowledgements, [
        { firstSeq: 1, lastSeq: 1, count: 1 },
        { firstSeq: 2, lastSeq: 2, count: 1 },
        { firstSeq: 3, lastSeq: 5, count: 3 },
        { firstSeq: 6, lastSeq: 6, count: 1 },
      ]);
      assert.deepEqual((await everything(store)).map((record) => record.seq), [1, 2, 3, 4, 5, 6]);
    },

    async "a refused record takes no number"(stage) {
      const store = await stage.open();
      await store.recordEvent(eventOf(1));
      const bad = [{ kind: "event", eventType: null }] as unknown as RecordInput[];
      await expectCode("INVALID_RECORD", () => store.recordMany(bad));
      const { firstSeq } = await store.recordEvent(eventOf(2));
      assert.equal(firstSeq, 2);
    },

    async "concurrent calls are numbered in the order in which they were made"(stage) {
      const store = await stage.open();
      const calls = Array.from({ length: 200 }, (_, index) => store.recordEvent(eventOf(index)));
      const acknowledgements = await Promise.all(calls);
      assert.deepEqual(
        acknowledgements.map(({ firstSeq }) => firstSeq),
        Array.from({ length: 200 }, (_, index) => index + 1),
      );
    },
  },
};
