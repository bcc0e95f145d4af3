/**
 * What each filter of a query means.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { PersistenceBackend, RecordFilter } from "../../backend/backend.ts";
import type { RecordKind } from "../../model/record.ts";
import { recordToWire } from "../../model/wire.ts";
import type { CaseGroup } from "../case_group.ts";
import { drain, everything, expectCode } from "../expect.ts";
import { auditOf, eventOf, letterOf, mixedRecords } from "../samples.ts";

/** Cases of the filters by type, actor, target and sequence number. */
export const filterCases: CaseGroup = {
  feature: null,
  cases: {
    async "type takes the events and dead letters of that type"(stage) {
      const store = await stage.open();
      await recordPayments(store);
      assert.deepEqual(await found(store, { type: "Paid" }), [
        ["event", "Paid"],
        ["dead_letter", "Paid"],
        ["event", "Paid"],
      ]);
      assert.equal((await store.listEvents({ type: "Paid" })).length, 2);
      assert.equal((await store.listDeadLetters({ type: "Paid" })).length, 1);
      assert.deepEqual(await found(store, { type: "paid" }), []);
    },

    async "a filter with several values takes any of them, and with none takes nothing"(stage) {
      const store = await stage.open();
      await recordPayments(store);
      const count = async (filter: RecordFilter) => (await found(store, filter)).length;
      assert.equal(await count({ type: ["Paid", "Sent"] }), 5);
      assert.equal(await count({ type: ["Sent", "Sent", "Unheard"] }), 2);
      assert.equal(await count({ actor: ["orders://7", "orders://8"] }), 3);
      for (const none of [{ type: [] }, { actor: [] }, { target: [] }]) {
        assert.equal(await count(none), 0);
      }
    },

    async "actor takes its events and target its dead letters, however addresses are written"(
      stage,
    ) {
      const store = await stage.open();
      await recordPayments(store);
      for (const seven of ["orders://7", "orders:7", { system: "orders", actorId: 7 }]) {
        assert.deepEqual(await found(store, { actor: seven }), [
          ["event", "Paid"],
          ["event", "Paid"],
        ]);
        assert.deepEqual(await found(store, { target: seven }), [
          ["dead_letter", "Paid"],
          ["dead_letter", "Sent"],
        ]);
      }
      assert.deepEqual(await found(store, { target: "orders://70" }), []);
    },

    async "a record has to pass every filter, and is of a kind that has what they look at"(stage) {
      const store = await stage.open();
      await recordPayments(store);
      assert.deepEqual(await found(store, { type: "Sent", target: "orders:7" }), [
        ["dead_letter", "Sent"],
      ]);
      assert.deepEqual(await found(store, { actor: "orders:7", target: "orders:7" }), []);
      for (const filter of [{ type: "Paid" }, { actor: "orders:7" }, { target: "orders:7" }]) {
        assert.deepEqual(await store.listAudits(filter), []);
      }
      assert.deepEqual(await store.listEvents({ target: "orders:7" }), []);
      assert.deepEqual(await store.listDeadLetters({ actor: "orders:7" }), []);
    },

    async "afterSeq goes on behind a record, where records have numbers"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(40));
      if (!store.backendCapabilities().sequenced) {
        return void await expectCode("UNSUPPORTED", () => store.listEvents({ afterSeq: 17 }));
      }
      const written = await everything(store);
      for (const afterSeq of [0, 1, 17, 39, 40, 41, Number.MAX_SAFE_INTEGER]) {
        const behind = written.filter(({ seq }) => seq! > afterSeq);
        const read = (more: object) => drain(store.records(undefined, { afterSeq, ...more }));
        assert.deepEqual(await read({}), behind);
        assert.deepEqual(await read({ reverse: true }), behind.toReversed());
        assert.deepEqual(await read({ limit: 5 }), behind.slice(-5));
      }
    },

    async "the limit and retention are what they are with every filter"(stage) {
      const store = await stage.open();
      await recordPayments(store);
      const query = { type: "Paid", actor: "orders:7" };
      const newest = await store.listEvents({ ...query, limit: 1 });
      assert.deepEqual(newest, (await store.listEvents(query)).slice(-1));
      assert.deepEqual(await store.listEvents({ ...query, limit: 1, reverse: true }), newest);
      // The newest two events are one of orders:8 and one of orders:7.
      const kept = await store.listEvents({ ...query, retention: { maxRecords: 2 } });
      assert.deepEqual(kept, newest);
    },
  },
};

async function recordPayments(store: PersistenceBackend): Promise<void> {
  const seven = { system: "orders", actorId: 7 };
  await store.recordMany([
    { kind: "event", ...eventOf(1, { eventType: "Paid", actorAddress: "orders://7" }) },
    { kind: "audit", ...auditOf(2) },
    { kind: "dead_letter", ...letterOf(3, { messageType: "Paid", target: "orders:7" }) },
    { kind: "event", ...eventOf(4, { eventType: "Sent", actorAddress: "orders://8" }) },
    { kind: "dead_letter", ...letterOf(5, { messageType: "Sent", target: seven }) },
    { kind: "dead_letter", ...letterOf(6, { messageType: "Lost", target: null }) },
    { kind: "event", ...eventOf(7, { eventType: "Paid", actorAddress: seven }) },
  ]);
}

async function found(
  store: PersistenceBackend,
  filter: RecordFilter,
): Promise<[RecordKind, string][]> {
  const records = await drain(store.records(["event", "dead_letter", "audit"], filter));
  return records.map((record) => {
    const { event_type, message_type } = recordToWire(record);
    return [record.kind, String(event_type ?? message_type)];
  });
}
