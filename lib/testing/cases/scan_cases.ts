/**
 * Scanning a store that is sound. How damage looks is a backend's own.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { CaseGroup } from "../case_group.ts";
import { everything, expectCode } from "../expect.ts";
import { eventOf, mixedRecords, NOW } from "../samples.ts";

/** Cases of `scan()`. */
export const scanCases: CaseGroup = {
  feature: "scan",
  async whereMissing(store) {
    await expectCode("UNSUPPORTED", () => store.scan());
  },
  cases: {
    async "a store that was never written is healthy"(stage) {
      const store = await stage.open();
      const report = await store.scan();
      assert.deepEqual([report.exists, report.healthy, report.anomaliesTotal], [false, true, 0]);
      assert.deepEqual(report.records, { event: 0, audit: 0, dead_letter: 0 });
      assert.deepEqual([report.seqs, report.timestamps, report.bytes], [null, null, 0]);
    },

    async "a scan counts records of each kind and tells their bounds"(stage) {
      const store = await stage.open({ clock: () => NOW });
      await store.recordMany(mixedRecords(40));
      const report = await store.scan();
      assert.equal(report.backend, store.name);
      assert.equal(report.store, store.location);
      assert.equal(report.startedAt, NOW);
      assert.deepEqual([report.exists, report.healthy], [true, true]);
      assert.deepEqual(report.records, { event: 20, audit: 10, dead_letter: 10 });
      assert.deepEqual(report.timestamps, { min: NOW - 999, max: NOW - 960 });
      assert.deepEqual([report.anomalies, report.anomalyCounts], [[], {}]);
      assert.deepEqual([report.damagedBytes, report.detailsTruncated], [0, false]);
      if (store.backendCapabilities().sequenced) {
        assert.deepEqual(report.seqs, { min: 1, max: 40 });
      }
    },

    async "a scan sees everything, whatever retention says"(stage) {
      const store = await stage.open({ retention: { maxRecords: 0 } });
      await store.recordMany(mixedRecords(8));
      const { records } = await store.scan();
      assert.deepEqual(records, { event: 4, audit: 2, dead_letter: 2 });
    },

    async "a scan changes nothing"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(40));
      const [records, description] = [await everything(store), await store.describe()];
      await store.scan();
      await store.scan();
      assert.deepEqual(await everything(store), records);
      assert.deepEqual(await store.describe(), description);
    },

    async "a scan tells its progress, up to the end"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(400));
      const told: [number, number][] = [];
      await store.scan({ onProgress: (done, total) => told.push([done, total]) });
      const [done, total] = told.at(-1)!;
      assert.equal(done, total);
      assert.deepEqual(
        told.map(([each]) => each),
        told.map(([each]) => each).sort((a, b) => a - b),
      );
    },

    async "a scan beside writers finds nothing wrong"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(40));
      const writes = Array.from({ length: 60 }, (_, index) => store.recordEvent(eventOf(index)));
      const reports = await Promise.all([store.scan(), store.scan(), store.scan()]);
      await Promise.all(writes);
      for (const report of reports) assert.deepEqual(report.anomalies, []);
    },
  },
};
