/**
 * Recovering a store that is sound, and asking for what cannot be.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { RecoveryConfig } from "../../backend/backend.ts";
import type { CaseGroup } from "../case_group.ts";
import { everything, expectCode } from "../expect.ts";
import { eventOf, mixedRecords } from "../samples.ts";

/** Cases of `recover()` and `planRecovery()`. */
export const recoverCases: CaseGroup = {
  feature: "recover",
  async whereMissing(store) {
    await expectCode("UNSUPPORTED", () => store.recover());
    await expectCode("UNSUPPORTED", () => store.planRecovery());
  },
  cases: {
    async "recovering a sound store changes nothing"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(40));
      const records = await everything(store);
      for (const mode of ["ignore", "repair"] as const) {
        const report = await store.recover({ mode });
        assert.deepEqual([report.mode, report.changed, report.receipt], [mode, false, null]);
        assert.deepEqual([report.before.healthy, report.after.healthy], [true, true]);
        assert.deepEqual([report.removedRanges, report.removedBytes, report.kept], [0, 0, []]);
      }
      assert.deepEqual(await everything(store), records);
    },

    async "recovering without a word about it means to repair"(stage) {
      const store = await stage.open();
      await store.recordEvent(eventOf(1));
      assert.equal((await store.recover()).mode, "repair");
      assert.equal((await store.planRecovery()).mode, "repair");
    },

    async "rebuilding keeps every record, and the numbers go on"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(40));
      const records = await everything(store);
      const report = await store.recover({ mode: "rebuild" });
      assert.equal(report.after.healthy, true);
      assert.deepEqual(await everything(store), records);
      const { firstSeq } = await store.recordEvent(eventOf(41));
      if (store.backendCapabilities().sequenced) assert.equal(firstSeq, 41);
    },

    async "a store that was never written stays unwritten"(stage) {
      const store = await stage.open();
      const report = await store.recover();
      assert.equal(report.changed, false);
      assert.equal((await store.describe()).exists, false);
    },

    async "a plan for a sound store has nothing to change"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(4));
      const plan = await store.planRecovery({ mode: "repair" });
      assert.deepEqual([plan.mode, plan.changes], ["repair", false]);
      assert.equal(plan.scan.healthy, true);
      assert.equal((await everything(store)).length, 4);
    },

    async "a recovery that cannot be is refused"(stage) {
      const store = await stage.open();
      const configs = [
        { mode: "mend" },
        { mode: "quarantine" },
        { mode: "repair", quarantineDir: "somewhere" },
      ] as RecoveryConfig[];
      for (const config of configs) {
        await expectCode("INVALID_ARGUMENT", () => store.recover(config));
        await expectCode("INVALID_ARGUMENT", () => store.planRecovery(config));
      }
    },
  },
};
