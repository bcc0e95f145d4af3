/**
 * Following a store.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { FollowQuery, PersistenceBackend } from "../../backend/backend.ts";
import { PapyraError } from "../../errors.ts";
import type { CaseGroup } from "../case_group.ts";
import { drain, everything, expectCode } from "../expect.ts";
import { Following } from "../following.ts";
import { eventOf, mixedRecords, NOW, recordOf, recordsOf } from "../samples.ts";

/** Cases of `follow()`. */
export const followCases: CaseGroup = {
  feature: "follow",
  async whereMissing(store) {
    await expectCode("UNSUPPORTED", () => store.follow());
  },
  cases: {
    async "what is recorded from now on comes, once and in order, and nothing before it"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(10));
      await using following = new Following(store);
      await following.untilCaughtUp();
      for (let round = 0; round < 20; round++) {
        const writes = Array.from({ length: 5 }, () => store.recordMany(mixedRecords(3)));
        await Promise.all(writes);
        if (round % 7 === 0) await following.until(15 * round);
      }
      await following.until(300);
      assert.deepEqual(following.records, (await everything(store)).slice(10));
    },

    async "a store that is yet to be made is waited for"(stage) {
      const store = await stage.open();
      await using following = new Following(store);
      await following.untilCaughtUp();
      assert.equal((await store.describe()).exists, false);
      await store.recordEvent(eventOf(1));
      await following.until(1);
      assert.deepEqual(following.records, await everything(store));
    },

    async "limit, since and afterSeq say which of those that are there come first"(stage) {
      const store = await stage.open();
      await store.recordMany(mixedRecords(40));
      const written = await everything(store);
      const firstOf = async (query: FollowQuery) => {
        await using following = new Following(store, query);
        return await following.untilCaughtUp();
      };
      assert.deepEqual(await firstOf({}), []);
      assert.deepEqual(await firstOf({ limit: 0, since: 0 }), []);
      assert.deepEqual(await firstOf({ limit: 7 }), written.slice(-7));
      assert.deepEqual(await firstOf({ limit: Infinity }), written);
      assert.deepEqual(await firstOf({ since: NOW - 970 }), written.slice(29));
      assert.deepEqual(await firstOf({ since: NOW - 970, limit: 2 }), written.slice(-2));
      if (!store.backendCapabilities().sequenced) {
        return void await expectCode("UNSUPPORTED", () => store.follow(undefined, { afterSeq: 1 }));
      }
      assert.deepEqual(await firstOf({ afterSeq: 0 }), written);
      assert.deepEqual(await firstOf({ afterSeq: 30 }), written.slice(30));
      assert.deepEqual(await firstOf({ afterSeq: 40 }), []);
    },

    async "who goes on behind the last number that came misses nothing and gets nothing twice"(
      stage,
    ) {
      let store = await stage.open();
      if (!store.backendCapabilities().sequenced) return;
      const seqs: (number | null)[] = [];
      for (let round = 1; round <= 6; round++) {
        const writing = store.recordMany(mixedRecords(25));
        const afterSeq = seqs.at(-1) ?? 0;
        {
          await using following = new Following(store, { afterSeq });
          await following.until(3 * round);
          seqs.push(...following.seqs);
        }
        await writing;
        if (store.backendCapabilities().durable) store = await stage.reopen(store);
      }
      assert.deepEqual(seqs, seqs.map((_, index) => index + 1));
    },

    async "kinds and filters hold for what comes later, and it goes on where none passes"(stage) {
      const store = await stage.open();
      const where = ({ timestamp }: { timestamp: number | null }) => timestamp! % 2 === 0;
      const query = { type: "Paid", actor: "orders://7", since: NOW - 500, where };
      await using paid = new Following(store, query, ["event", "audit"]);
      await using letters = new Following(store, {}, ["dead_letter"]);
      await using none = new Following(store, { target: "orders://7" }, ["event"]);
      for (const each of [paid, letters, none]) await each.untilCaughtUp();
      const one = { eventType: "Paid", actorAddress: "orders:7", timestamp: NOW };
      await store.recordMany(mixedRecords(50));
      await store.recordEvent({ ...one, eventType: "Sent" });
      await store.recordEvent({ ...one, timestamp: NOW + 1 });
      await store.recordEvent({ ...one, timestamp: NOW - 600 });
      await store.recordEvent({ ...one, actorAddress: "orders:70" });
      await store.recordEvent(one);
      await store.recordMany([recordOf("dead_letter", 51)]);
      const expected = await store.listEvents(query);
      assert.equal(expected.length, 1);
      assert.deepEqual(await paid.until(1), expected);
      assert.deepEqual(await letters.until(14), await store.listDeadLetters());
      assert.equal((await none.untilCaughtUp()).length, 0);
    },

    async "retention says what comes first, and later only what is too old"(stage) {
      const store = await stage.open({ clock: () => NOW });
      await store.recordMany(recordsOf("event", 10));
      const retention = { maxRecords: 2, maxAgeSeconds: 995 };
      await using following = new Following(store, { retention, limit: 5 });
      const kept = await following.untilCaughtUp();
      assert.deepEqual(kept, await store.listEvents({ retention }));
      await store.recordMany(recordsOf("event", 10));
      await following.until(8);
      assert.deepEqual(following.records.slice(2), (await everything(store)).slice(14));
    },

    async "it is told when everything has come, before it waits"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 3));
      const told = new Set<number>();
      const onCaughtUp = () => void told.add(following.records.length);
      const following = new Following(store, { limit: 2, onCaughtUp });
      await using _left = following;
      await following.untilCaughtUp();
      await store.recordMany(recordsOf("event", 5));
      await following.until(7);
      await store.recordEvent(eventOf(1));
      await following.until(8);
      assert.deepEqual([...told].slice(0, 2), [2, 7]);
      const failing = { onCaughtUp: () => Promise.reject(new PapyraError("BUSY", "no")) };
      await expectCode("BUSY", () => drain(store.follow(undefined, failing)));
    },

    async "compaction and rotation go by unnoticed"(stage) {
      const store = await stage.open();
      const { compact, rotate } = store.backendCapabilities();
      await using following = new Following(store, { limit: Infinity });
      for (let round = 1; round <= 12; round++) {
        await store.recordMany(recordsOf("event", 5));
        if (round % 3 === 0) await following.until(5 * round);
        if (round % 3 === 0 && compact) await store.compact({ retention: { maxRecords: round } });
        if (round % 2 === 0 && rotate) await store.rotate();
      }
      await following.until(60);
      assert.deepEqual(following.records.map(({ kind }) => kind), Array(60).fill("event"));
      if (!store.backendCapabilities().sequenced) return;
      assert.deepEqual(following.seqs, following.seqs.map((_, index) => index + 1));
    },

    async "a store that keeps nothing of what was seen is the same store"(stage) {
      const store = await stage.open();
      if (!store.backendCapabilities().compact) return;
      await store.recordMany(recordsOf("event", 5));
      await using following = new Following(store);
      await following.untilCaughtUp();
      await store.compact({ retention: { maxRecords: 0 } });
      await store.recordMany(recordsOf("event", 2));
      await following.until(2);
      assert.deepEqual(following.records, await everything(store));
    },

    async "a number that the store never gave is SEQUENCE_RESET, at the latest when one comes"(
      stage,
    ) {
      const store = await stage.open();
      if (!store.backendCapabilities().sequenced) return;
      await using waiting = new Following(store, { afterSeq: 5 });
      await waiting.untilCaughtUp();
      await store.recordMany(recordsOf("event", 3));
      await expectCode("SEQUENCE_RESET", () => waiting.untilRefused());
      await expectCode("SEQUENCE_RESET", () => drain(store.follow(undefined, { afterSeq: 4 })));
    },

    async "it ends with ABORTED when its signal fires, also while it waits"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 2000));
      const stopper = new AbortController();
      const { signal } = stopper;
      const idle = new Following(store, { signal });
      await idle.untilCaughtUp();
      let read = 0;
      await expectCode("ABORTED", async () => {
        for await (const _ of store.follow(undefined, { limit: Infinity, signal })) {
          if (++read === 3) stopper.abort();
        }
      });
      assert.equal(read, 3);
      await expectCode("ABORTED", () => idle.untilRefused());
      await expectCode("ABORTED", () => drain(store.follow(undefined, { signal })));
      const passed = { signal: AbortSignal.timeout(1) };
      await expectCode("TIMED_OUT", () => drain(store.follow(undefined, passed)));
    },

    async "it can be left while it waits, and others go on"(stage) {
      const store = await stage.open();
      const left = store.follow()[Symbol.asyncIterator]();
      await using other = new Following(store);
      await other.untilCaughtUp();
      const next = left.next();
      await left.return!();
      assert.deepEqual(await next, { done: true, value: undefined });
      assert.equal((await left.next()).done, true);
      await store.recordEvent(eventOf(1));
      assert.equal((await other.until(1)).length, 1);
    },

    async "closing the store ends it with STORE_CLOSED"(stage) {
      const store = await stage.open();
      const idle = new Following(store);
      await idle.untilCaughtUp();
      const stream = store.follow();
      await store.close();
      await expectCode("STORE_CLOSED", () => idle.untilRefused());
      await expectCode("STORE_CLOSED", () => drain(stream));
      await expectCode("STORE_CLOSED", () => store.follow());
    },

    async "what cannot be followed is INVALID_ARGUMENT at once"(stage) {
      const store = await stage.open();
      const bad = [{ limit: -1 }, { limit: 0.5 }, { since: NaN }, { reverse: true }];
      for (const query of bad) {
        await expectCode("INVALID_ARGUMENT", () => store.follow(undefined, query as FollowQuery));
      }
      await expectCode("INVALID_ARGUMENT", () => followKind(store, "checkpoint"));
    },
  },
};

function followKind(store: PersistenceBackend, kind: string): unknown {
  return store.follow([kind as "event"]);
}
