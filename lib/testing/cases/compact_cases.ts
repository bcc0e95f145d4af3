/**
 * Compaction.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { CompactionReport } from "../../model/report.ts";
import type { RetentionPolicy } from "../../model/retention.ts";
import type { CaseGroup } from "../case_group.ts";
import { drain, everything, expectCode, expectSound } from "../expect.ts";
import { storedBytes } from "../oracle.ts";
import { eventOf, letterOf, mixedRecords, NOW, recordsOf } from "../samples.ts";
import type { Stage } from "../stage.ts";

const POLICIES: readonly RetentionPolicy[] = [
  { maxRecords: 7 },
  { maxAgeSeconds: 980 },
  { maxTotalBytes: 1500 },
  { maxRecords: 9, maxAgeSeconds: 975, maxTotalBytes: 1200 },
  { maxRecords: 3, byKind: { dead_letter: { maxRecords: 100 }, audit: { maxAgeSeconds: 970 } } },
  { maxRecords: 0 },
  {},
];

/** Cases of `compact()`. */
export const compactCases: CaseGroup = {
  feature: "compact",
  async whereMissing(store) {
    await expectCode("UNSUPPORTED", () => store.compact());
  },
  cases: {
    async "compaction leaves exactly what reads kept before it"(stage) {
      for (const retention of POLICIES) {
        const store = await stage.open({ retention, clock: () => NOW });
        await store.recordMany(mixedRecords(40));
        const kept = await drain(store.records());
        const report = await store.compact();
        assert.deepEqual(await everything(store), kept, JSON.stringify(retention));
        assert.deepEqual([report.beforeRecords, report.afterRecords], [40, kept.length]);
        await expectSound(store);
      }
    },

    async "the report's figures add up"(stage) {
      const store = await stage.open({ clock: () => NOW });
      await store.recordMany(mixedRecords(40));
      const all = await everything(store);
      const report = await store.compact({ retention: { maxRecords: 5 } });
      addsUp(report);
      assert.deepEqual([report.dryRun, report.changed, report.damagedLines], [false, true, 0]);
      const { event, audit, dead_letter: letter } = report.byKind;
      assert.deepEqual([event.removedRecords, audit.removedRecords, letter.removedRecords], [
        15,
        5,
        5,
      ]);
      assert.deepEqual(event.removedTimestamps, { min: NOW - 999, max: NOW - 971 });
      if (!store.backendCapabilities().sequenced) return;
      const removed = all.filter(({ kind }) => kind === "event").slice(0, 15);
      assert.deepEqual(event.removedSeqs, { min: 1, max: removed.at(-1)!.seq });
      assert.equal(event.removedBytes, removed.reduce((sum, each) => sum + storedBytes(each), 0));
    },

    async "a second compaction has nothing to do"(stage) {
      const store = await stage.open({ retention: { maxRecords: 3 } });
      await store.recordMany(mixedRecords(40));
      const first = await store.compact();
      const second = await store.compact();
      assert.equal(first.changed, true);
      assert.deepEqual([second.changed, second.removedRecords, second.receipt], [false, 0, null]);
      addsUp(second);
    },

    async "a dry run tells what a run does, and does nothing"(stage) {
      const store = await stage.open({ retention: { maxRecords: 3 }, clock: () => NOW });
      await store.recordMany(mixedRecords(40));
      const plan = await store.compact({ dryRun: true });
      assert.deepEqual([plan.dryRun, plan.changed, plan.receipt], [true, false, null]);
      assert.equal((await everything(store)).length, 40);
      const report = await store.compact();
      assert.deepEqual(
        [plan.beforeRecords, plan.afterRecords, plan.removedRecords, plan.byKind],
        [report.beforeRecords, report.afterRecords, report.removedRecords, report.byKind],
      );
    },

    async "a compaction's own retention takes the place of the store's"(stage) {
      const store = await stage.open({ retention: { maxRecords: 1 } });
      await store.recordMany(recordsOf("event", 40));
      await store.compact({ retention: { maxRecords: 30 } });
      assert.equal((await everything(store)).length, 30);
      assert.equal((await store.listEvents()).length, 1);
    },

    async "records go on behind a compaction, also one to nothing"(stage) {
      const store = await stage.open();
      const { sequenced } = store.backendCapabilities();
      await store.recordMany(recordsOf("event", 10));
      for (const [round, maxRecords] of [4, 0, 0].entries()) {
        await store.compact({ retention: { maxRecords } });
        const { firstSeq } = await store.recordEvent(eventOf(11 + round));
        if (sequenced) assert.equal(firstSeq, 11 + round);
      }
      assert.deepEqual((await store.listEvents()).map((event) => event.eventType), ["Event13"]);
    },

    async "records from the future are kept and told of"(stage) {
      const store = await stage.open({ retention: { maxAgeSeconds: 60 }, clock: () => NOW });
      await store.recordEvent(eventOf(1, { timestamp: NOW + 1e6 }));
      await store.recordDeadLetter(letterOf(2, { timestamp: NOW + 1 }));
      await store.recordEvent(eventOf(3, { timestamp: NOW - 100 }));
      const report = await store.compact();
      assert.deepEqual([report.futureRecords, report.removedRecords], [2, 1]);
    },

    async "writes made during a compaction are kept"(stage) {
      const store = await stage.open({ retention: { maxRecords: 100 } });
      await store.recordMany(recordsOf("event", 500));
      const calls = [store.compact()] as Promise<unknown>[];
      for (let index = 501; index <= 540; index++) calls.push(store.recordEvent(eventOf(index)));
      await Promise.all(calls);
      const newest = await store.listEvents({ limit: 40 });
      assert.deepEqual(
        newest.map((event) => event.eventType),
        Array.from({ length: 40 }, (_, index) => `Event${501 + index}`),
      );
    },

    async "a read goes on beside a compaction, misses nothing kept and doubles nothing"(stage) {
      await readsBesideCompaction(stage, false);
      await readsBesideCompaction(stage, true);
    },

    async "compacting a store that was never written leaves it unwritten"(stage) {
      const store = await stage.open({ retention: { maxRecords: 1 } });
      const report = await store.compact();
      assert.deepEqual([report.changed, report.beforeRecords, report.receipt], [false, 0, null]);
      assert.equal((await store.describe()).exists, false);
    },

    async "a retention that cannot be is refused, and nothing is removed"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 3));
      const misspelt = { maxRecrods: 1 } as RetentionPolicy;
      for (const retention of [{ maxRecords: -1 }, { maxAgeSeconds: NaN }, misspelt]) {
        await expectCode("INVALID_ARGUMENT", () => store.compact({ retention }));
      }
      assert.equal((await everything(store)).length, 3);
    },
  },
};

function addsUp(report: CompactionReport): void {
  assert.equal(report.beforeRecords - report.removedRecords, report.afterRecords);
  assert.equal(report.beforeBytes - report.reclaimedBytes, report.afterBytes);
  const kinds = Object.values(report.byKind);
  const sum = (name: "beforeRecords" | "afterRecords" | "removedRecords") =>
    kinds.reduce((total, counts) => total + counts[name], 0);
  assert.equal(sum("beforeRecords"), report.beforeRecords);
  assert.equal(sum("afterRecords"), report.afterRecords);
  assert.equal(sum("removedRecords"), report.removedRecords);
}

async function readsBesideCompaction(stage: Stage, reverse: boolean): Promise<void> {
  const store = await stage.open();
  await store.recordMany(recordsOf("event", 3000));
  const read: number[] = [];
  for await (const event of store.events({ reverse })) {
    if (read.length === 5) await store.compact({ retention: { maxRecords: 1000 } });
    read.push(Number(event.payload.index));
  }
  if (reverse) read.reverse();
  assert.deepEqual(read, [...new Set(read)].sort((a, b) => a - b));
  assert.deepEqual(read.slice(-1000), Array.from({ length: 1000 }, (_, index) => 2001 + index));
}
