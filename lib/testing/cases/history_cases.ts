/**
 * Receipts.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { CaseGroup } from "../case_group.ts";
import { drain, expectCode } from "../expect.ts";
import { NOW, recordsOf } from "../samples.ts";

/** Cases of `history()`. */
export const historyCases: CaseGroup = {
  feature: "history",
  async whereMissing(store) {
    await expectCode("UNSUPPORTED", () => drain(store.history()));
  },
  cases: {
    async "a store that was never changed has no history"(stage) {
      const store = await stage.open();
      assert.deepEqual(await drain(store.history()), []);
      await store.recordMany(recordsOf("event", 3));
      await store.scan();
      assert.deepEqual(await drain(store.history()), []);
    },

    async "every compaction that changed something has its receipt, oldest first"(stage) {
      const store = await stage.open({ clock: () => NOW });
      if (!store.backendCapabilities().compact) return;
      await store.recordMany(recordsOf("event", 10));
      const ids: (string | null)[] = [];
      for (const maxRecords of [7, 4]) {
        ids.push((await store.compact({ retention: { maxRecords } })).receipt);
      }
      await store.compact({ retention: { maxRecords: 4 } });
      await store.compact({ retention: { maxRecords: 1 }, dryRun: true });
      const receipts = await drain(store.history());
      // A run that changed several files has a receipt for each.
      const runs = new Set(receipts.map(({ id }) => id.replace(/\.\d+$/, "")));
      assert.deepEqual([...runs], ids);
      for (const { at, operation, outcome } of receipts) {
        assert.deepEqual([at, operation, outcome], [NOW, "compact", "done"]);
      }
    },
  },
};
