/**
 * Closing.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { PersistenceBackend } from "../../backend/backend.ts";
import type { CaseGroup } from "../case_group.ts";
import { drain, expectCode } from "../expect.ts";
import { auditOf, eventOf, letterOf, recordsOf } from "../samples.ts";

const CALLS: { readonly [name: string]: (store: PersistenceBackend) => unknown } = {
  "recordEvent()": (store) => store.recordEvent(eventOf(1)),
  "recordAudit()": (store) => store.recordAudit(auditOf(1)),
  "recordDeadLetter()": (store) => store.recordDeadLetter(letterOf(1)),
  "recordMany()": (store) => store.recordMany(recordsOf("event", 2)),
  "recordMany() of nothing": (store) => store.recordMany([]),
  "events()": (store) => drain(store.events()),
  "audits()": (store) => drain(store.audits()),
  "deadLetters()": (store) => drain(store.deadLetters()),
  "records()": (store) => drain(store.records()),
  "listEvents()": (store) => store.listEvents(),
  "listAudits()": (store) => store.listAudits(),
  "listDeadLetters()": (store) => store.listDeadLetters(),
  "scan()": (store) => store.scan(),
  "planRecovery()": (store) => store.planRecovery(),
  "recover()": (store) => store.recover(),
  "compact()": (store) => store.compact(),
  "history()": (store) => drain(store.history()),
  "describe()": (store) => store.describe(),
  "flush()": (store) => store.flush(),
  "metrics.snapshot()": (store) => store.metrics.snapshot(),
  "metrics.reset()": (store) => store.metrics.reset(),
};

/** Cases of `close()` and of what follows it. */
export const lifecycleCases: CaseGroup = {
  feature: null,
  cases: {
    ...Object.fromEntries(
      Object.entries(CALLS).map(([name, call]): [string, CaseGroup["cases"][string]] => [
        `${name} is refused once the store is closed, and while it closes`,
        async (stage) => {
          const store = await stage.open();
          await store.recordEvent(eventOf(0));
          const closing = store.close();
          await expectCode("STORE_CLOSED", () => call(store));
          await closing;
          await expectCode("STORE_CLOSED", () => call(store));
        },
      ]),
    ),

    async "lists are refused by a rejection, never by a throw"(stage) {
      const store = await stage.open();
      await store.close();
      for (const name of ["listEvents", "listAudits", "listDeadLetters", "scan"] as const) {
        const refused: Promise<unknown> = store[name]();
        await expectCode("STORE_CLOSED", () => refused);
      }
    },

    async "close() can be called again and again, and at once"(stage) {
      const store = await stage.open();
      await store.recordEvent(eventOf(1));
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await store[Symbol.asyncDispose]();
    },

    async "close() of a store that was never used leaves it unwritten"(stage) {
      const store = await stage.open();
      await store.close();
    },

    async "close() waits for what was called before it"(stage) {
      const store = await stage.open();
      const calls = Array.from({ length: 50 }, (_, index) => store.recordEvent(eventOf(index)));
      const settled: unknown[] = [];
      for (const call of calls) void call.then(() => settled.push("written"));
      await store.close();
      await Promise.all(calls);
      assert.equal(settled.length, 50);
    },

    async "flush() covers what was called before it"(stage) {
      const store = await stage.open();
      const calls = Array.from({ length: 50 }, (_, index) => store.recordEvent(eventOf(index)));
      await store.flush();
      assert.equal((await store.listEvents()).length, 50);
      await Promise.all(calls);
      await store.flush();
    },

    async "a read that was begun is refused at its next record"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 2000));
      const stream = store.events();
      const begun = stream[Symbol.asyncIterator]();
      await begun.next();
      await store.close();
      await expectCode("STORE_CLOSED", () => begun.next());
      await expectCode("STORE_CLOSED", () => drain(stream));
    },

    async "await using closes the store"(stage) {
      const store = await stage.open();
      {
        await using same = store;
        await same.recordEvent(eventOf(1));
      }
      await expectCode("STORE_CLOSED", () => store.recordEvent(eventOf(2)));
    },
  },
};
