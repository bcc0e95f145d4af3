/**
 * What a backend says of itself.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { CaseGroup } from "../case_group.ts";

const FEATURES = [
  "scan",
  "recover",
  "compact",
  "metrics",
  "durable",
  "sequenced",
  "history",
  "rotate",
  "follow",
];

/** Cases of `backendCapabilities()`, `name`, `location` and `retention`. */
export const capabilityCases: CaseGroup = {
  feature: null,
  cases: {
    async "backendCapabilities() says yes or no to every feature, and stays with it"(stage) {
      const store = await stage.open();
      const manifest = store.backendCapabilities();
      for (const feature of FEATURES) {
        assert.equal(typeof manifest[feature as keyof typeof manifest], "boolean", feature);
      }
      await store.recordEvent({ eventType: "Any" });
      assert.deepEqual(store.backendCapabilities(), manifest);
    },

    async "name and location say what and where the store is"(stage) {
      const store = await stage.open();
      assert.notEqual(store.name, "");
      assert.notEqual(store.location, "");
      const description = await store.describe();
      assert.equal(description.backend, store.name);
      assert.equal(description.store, store.location);
    },

    async "describe() tells a store that was never written from one that was"(stage) {
      const store = await stage.open();
      const fresh = await store.describe();
      assert.deepEqual([fresh.exists, fresh.bytes], [false, 0]);
      await store.recordEvent({ eventType: "Any" });
      const written = await store.describe();
      assert.equal(written.exists, true);
      assert.ok(written.bytes > 0);
    },

    async "retention is what the store was opened with, whatever its owner does to it later"(
      stage,
    ) {
      const retention = { maxRecords: 2, byKind: { audit: { maxRecords: 1 } } };
      const store = await stage.open({ retention });
      retention.byKind.audit.maxRecords = 0;
      retention.maxRecords = 0;
      assert.deepEqual(store.retention, { maxRecords: 2, byKind: { audit: { maxRecords: 1 } } });
    },
  },
};
