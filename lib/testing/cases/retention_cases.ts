/**
 * Retention on reads.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { PersistenceBackend } from "../../backend/backend.ts";
import type { RetentionPolicy } from "../../model/retention.ts";
import type { CaseGroup } from "../case_group.ts";
import { everything, expectCode } from "../expect.ts";
import { storedBytes } from "../oracle.ts";
import { auditOf, eventOf, letterOf, mixedRecords, NOW, recordsOf } from "../samples.ts";

/** Cases of what reads keep. */
export const retentionCases: CaseGroup = {
  feature: null,
  cases: {
    async "a flood of events does not push out dead letters and audits"(stage) {
      const store = await stage.open({ retention: { maxRecords: 5 } });
      await store.recordDeadLetter(letterOf(1));
      await store.recordAudit(auditOf(2));
      await store.recordMany(recordsOf("event", 2000));
      assert.equal((await store.listEvents()).length, 5);
      assert.equal((await store.listDeadLetters()).length, 1);
      assert.equal((await store.listAudits()).length, 1);
    },

    async "byKind takes the place of the general limit, one by one"(stage) {
      const retention = {
        maxRecords: 3,
        maxAgeSeconds: 990,
        byKind: { dead_letter: { maxRecords: 100 }, audit: { maxAgeSeconds: 10_000 } },
      };
      const store = await stage.open({ retention, clock: () => NOW });
      await store.recordMany([
        ...recordsOf("event", 20),
        ...recordsOf("audit", 20),
        ...recordsOf("dead_letter", 20),
      ]);
      assert.equal((await store.listEvents()).length, 3);
      assert.equal((await store.listAudits()).length, 3);
      assert.equal((await store.listDeadLetters()).length, 11, "those of the last 990 seconds");
    },

    async "a record is kept up to its last moment, and one from the future is kept"(stage) {
      const store = await stage.open({ retention: { maxAgeSeconds: 60 }, clock: () => NOW });
      const ages = [61, 60.001, 60, 59, 0, -1, -1e9];
      for (const age of ages) await store.recordEvent(eventOf(1, { timestamp: NOW - age }));
      const kept = (await store.listEvents()).map((event) => NOW - event.timestamp!);
      assert.deepEqual(kept, [60, 59, 0, -1, -1e9]);
    },

    async "a record expires when its time comes, without a write"(stage) {
      let now = NOW;
      const store = await stage.open({ retention: { maxAgeSeconds: 60 }, clock: () => now });
      await store.recordEvent({ eventType: "A" });
      now += 60;
      assert.equal((await store.listEvents()).length, 1);
      now += 1;
      assert.equal((await store.listEvents()).length, 0);
      assert.equal((await everything(store)).length, 1);
    },

    async "maxRecords counts what age has left"(stage) {
      const store = await stage.open({ clock: () => NOW });
      for (const age of [5, 900, 4, 900, 900]) {
        await store.recordEvent(eventOf(1, { timestamp: NOW - age }));
      }
      const retention = { maxAgeSeconds: 60, maxRecords: 2 };
      const kept = (await store.listEvents({ retention })).map((event) => NOW - event.timestamp!);
      assert.deepEqual(kept, [5, 4]);
    },

    async "maxTotalBytes keeps the longest suffix that fits"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 30));
      const kept = (maxTotalBytes: number) => countOf(store, { maxTotalBytes });
      assert.deepEqual([await kept(0), await kept(1), await kept(2 ** 30)], [0, 0, 30]);
      if (!store.backendCapabilities().sequenced) return;
      const sizes = (await everything(store)).map(storedBytes).reverse();
      let bytes = 0;
      for (const [index, size] of sizes.entries()) {
        assert.equal(await kept(bytes + size - 1), index);
        assert.equal(await kept(bytes + size), index + 1);
        bytes += size;
      }
    },

    async "a small record does not slip in behind a large one that does not fit"(stage) {
      const store = await stage.open();
      await store.recordEvent(eventOf(1));
      await store.recordEvent(eventOf(2, { payload: { text: "x".repeat(5000) } }));
      await store.recordEvent(eventOf(3));
      await store.recordDeadLetter(letterOf(4));
      const events = await store.listEvents({ retention: { maxTotalBytes: 2000 } });
      assert.deepEqual(events.map((event) => event.eventType), ["Event3"]);
      assert.equal((await store.listDeadLetters({ retention: { maxTotalBytes: 2000 } })).length, 1);
    },

    async "maxTotalBytes counts bytes, not characters"(stage) {
      const store = await stage.open();
      const wide = "€".repeat(100);
      await store.recordMany([
        { kind: "event", ...eventOf(1, { payload: { text: wide } }) },
        { kind: "event", ...eventOf(2, { payload: { text: wide } }) },
      ]);
      assert.equal(await countOf(store, { maxTotalBytes: 800 }), 1);
    },

    async "limit and filters apply to what retention keeps"(stage) {
      const store = await stage.open({ retention: { maxRecords: 10 } });
      await store.recordMany(recordsOf("event", 50));
      const where = (event: { eventType: string }) => event.eventType.endsWith("5");
      const found = await store.listEvents({ where, limit: 3 });
      assert.deepEqual(found.map((event) => event.eventType), ["Event45"]);
    },

    async "a query's own retention takes the place of the store's"(stage) {
      const store = await stage.open({ retention: { maxRecords: 2 } });
      await store.recordMany(mixedRecords(40));
      assert.equal((await everything(store)).length, 40);
      assert.equal(await countOf(store, { maxRecords: 7 }), 7);
      assert.equal((await store.listEvents()).length, 2);
    },

    async "nothing is kept where nothing is to be, and all where nothing limits"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 5));
      assert.equal(await countOf(store, { maxRecords: 0 }), 0);
      assert.equal(await countOf(store, { maxAgeSeconds: 0 }), 0);
      assert.equal(await countOf(store, { maxRecords: Infinity, maxAgeSeconds: Infinity }), 5);
    },

    async "a policy that cannot be is refused"(stage) {
      const store = await stage.open();
      const policies = [
        { maxRecords: -1 },
        { maxRecords: 1.5 },
        { maxAgeSeconds: NaN },
        { maxTotalBytes: "1" },
        { maxRecrods: 1 },
        { byKind: { event: { maxRecords: -1 } } },
        { byKind: { events: { maxRecords: 1 } } },
      ] as RetentionPolicy[];
      for (const retention of policies) {
        await expectCode("INVALID_ARGUMENT", () => stage.open({ retention }));
        await expectCode("INVALID_ARGUMENT", () => store.listEvents({ retention }));
      }
    },
  },
};

async function countOf(store: PersistenceBackend, retention: RetentionPolicy): Promise<number> {
  return (await store.listEvents({ retention })).length;
}
