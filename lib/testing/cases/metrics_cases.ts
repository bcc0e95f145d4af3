/**
 * Counters.
 *
 * @module
 */

import assert from "node:assert/strict";
import { COUNTER_NAMES, type MetricsSnapshot } from "../../metrics/snapshot.ts";
import type { RecordInput } from "../../model/record.ts";
import type { CaseGroup } from "../case_group.ts";
import { expectCode } from "../expect.ts";
import { eventOf, mixedRecords } from "../samples.ts";

/** Cases of `metrics`. */
export const metricsCases: CaseGroup = {
  feature: "metrics",
  async whereMissing(store) {
    await expectCode("UNSUPPORTED", () => store.metrics.snapshot());
    await expectCode("UNSUPPORTED", () => store.metrics.reset());
  },
  cases: {
    async "every counter of a new store is zero"(stage) {
      const store = await stage.open();
      const snapshot = await store.metrics.snapshot();
      assertZeros(snapshot);
    },

    async "what is written and read is counted"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(40));
      await store.recordEvent(eventOf(41));
      await store.listEvents({ limit: 3 });
      await store.listAudits();
      const snapshot = await store.metrics.snapshot();
      assert.equal(snapshot.records_written, 41);
      assert.equal(snapshot.records_read, 13);
      assert.ok(snapshot.bytes_written > 41 * 50);
      assert.deepEqual([snapshot.write_errors, snapshot.read_errors], [0, 0]);
    },

    async "maintenance is counted, and what is only planned is not"(stage) {
      const store = await stage.open({ retention: { maxRecords: 1 } });
      const { scan, recover, compact } = store.backendCapabilities();
      await store.recordMany(mixedRecords(8));
      if (scan) await store.scan();
      if (recover) await store.planRecovery();
      if (recover) await store.recover();
      if (compact) await store.compact({ dryRun: true });
      if (compact) await store.compact();
      const snapshot = await store.metrics.snapshot();
      assert.deepEqual(
        [snapshot.recoveries, snapshot.compactions],
        [Number(recover), Number(compact)],
      );
      assert.ok(snapshot.scans >= Number(scan));
      assert.deepEqual([snapshot.recovery_errors, snapshot.compaction_errors], [0, 0]);
    },

    async "a caller's mistakes are no errors of the store"(stage) {
      const store = await stage.open();
      const bad = [{ kind: "event" }] as unknown as RecordInput[];
      await expectCode("INVALID_RECORD", () => store.recordMany(bad));
      await expectCode("INVALID_ARGUMENT", () => store.compact({ retention: { maxRecords: -1 } }));
      await expectCode("INVALID_ARGUMENT", () => store.recover({ mode: "quarantine" }));
      const snapshot = await store.metrics.snapshot();
      assertZeros(snapshot);
    },

    async "reset() sets every counter to zero, and counting goes on"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(8));
      // Counts that were told before and those that were not.
      await store.metrics.snapshot();
      await store.listEvents();
      await store.metrics.reset();
      const zeros = await store.metrics.snapshot();
      assertZeros(zeros);
      await store.recordEvent(eventOf(9));
      const snapshot = await store.metrics.snapshot();
      assert.equal(snapshot.records_written, 1);
    },

    async "snapshots taken at once agree, and none counts back"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(8));
      const snapshots = await Promise.all(
        Array.from({ length: 5 }, () => store.metrics.snapshot()),
      );
      for (const snapshot of snapshots) assert.equal(snapshot.records_written, 8);
    },
  },
};

function assertZeros(snapshot: MetricsSnapshot): void {
  const counted = COUNTER_NAMES.filter((name) => snapshot[name] !== 0);
  assert.deepEqual(counted, []);
  for (const { count } of Object.values(snapshot.histograms)) assert.equal(count, 0);
}
