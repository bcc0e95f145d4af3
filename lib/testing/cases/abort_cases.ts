/**
 * Stopping calls.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { CallOptions, PersistenceBackend } from "../../backend/backend.ts";
import { PapyraError } from "../../errors.ts";
import type { CaseGroup } from "../case_group.ts";
import { drain, everything, expectCode, expectSound } from "../expect.ts";
import { auditOf, eventOf, letterOf, recordsOf } from "../samples.ts";

type Stoppable = (store: PersistenceBackend, options: CallOptions) => unknown;

const WRITES: readonly Stoppable[] = [
  (store, options) => store.recordEvent(eventOf(1), options),
  (store, options) => store.recordAudit(auditOf(1), options),
  (store, options) => store.recordDeadLetter(letterOf(1), options),
  (store, options) => store.recordMany(recordsOf("event", 3), options),
];

const READS: readonly Stoppable[] = [
  (store, options) => store.listEvents(options),
  (store, options) => store.listAudits(options),
  (store, options) => store.listDeadLetters(options),
  (store, options) => drain(store.records(["event", "audit"], { ...options, reverse: true })),
];

/** Cases of AbortSignal. */
export const abortCases: CaseGroup = {
  feature: null,
  cases: {
    async "a signal that has fired stops writes before they begin"(stage) {
      const store = await stage.open();
      for (const write of WRITES) {
        await expectCode("ABORTED", () => write(store, { signal: AbortSignal.abort() }));
      }
      assert.deepEqual(await everything(store), []);
      assert.equal((await store.describe()).exists, false);
    },

    async "a signal that has fired stops reads, also of an empty store"(stage) {
      const store = await stage.open();
      for (const read of READS) {
        await expectCode("ABORTED", () => read(store, { signal: AbortSignal.abort() }));
      }
    },

    async "a signal that has fired stops maintenance, and nothing is changed or counted"(stage) {
      const store = await stage.open({ retention: { maxRecords: 1 } });
      const { scan, recover, compact, history, metrics } = store.backendCapabilities();
      await store.recordMany(recordsOf("event", 5));
      const stopped = { signal: AbortSignal.abort() };
      if (scan) await expectCode("ABORTED", () => store.scan(stopped));
      if (recover) await expectCode("ABORTED", () => store.planRecovery({}, stopped));
      if (recover) await expectCode("ABORTED", () => store.recover({}, stopped));
      if (compact) await expectCode("ABORTED", () => store.compact(stopped));
      if (history) await expectCode("ABORTED", () => drain(store.history(stopped)));
      assert.equal((await everything(store)).length, 5);
      if (!metrics) return;
      const { scans, scan_errors, recovery_errors, compaction_errors } = await store.metrics
        .snapshot();
      assert.deepEqual([scans, scan_errors, recovery_errors, compaction_errors], [0, 0, 0, 0]);
    },

    async "a time limit that has passed is TIMED_OUT, and a PapyraError given as reason is thrown"(
      stage,
    ) {
      const store = await stage.open();
      const timeout = AbortSignal.abort(new DOMException("too long", "TimeoutError"));
      const busy = AbortSignal.abort(new PapyraError("BUSY", "Another one has it"));
      await expectCode("TIMED_OUT", () => store.recordEvent(eventOf(1), { signal: timeout }));
      await expectCode("TIMED_OUT", () => store.listEvents({ signal: timeout }));
      await expectCode("BUSY", () => store.recordEvent(eventOf(1), { signal: busy }));
    },

    async "a write that is stopped on its way is either written and told so, or neither"(stage) {
      const store = await stage.open();
      const outcomes = await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          const stopper = new AbortController();
          const written = store.recordEvent(eventOf(index), { signal: stopper.signal });
          if (index % 3 === 0) stopper.abort();
          else if (index % 3 === 1) queueMicrotask(() => stopper.abort());
          return await written.then(() => "written", (error: PapyraError) => error.code);
        }),
      );
      const stored = new Set((await store.listEvents()).map((event) => event.eventType));
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome === "UNKNOWN") continue;
        assert.ok(["written", "ABORTED", "NOT_WRITTEN"].includes(outcome), outcome);
        assert.equal(stored.has(`Event${index}`), outcome === "written", `${index}: ${outcome}`);
      }
    },

    async "a signal that fires later changes nothing about what was written"(stage) {
      const store = await stage.open();
      const stopper = new AbortController();
      await store.recordEvent(eventOf(1), { signal: stopper.signal });
      stopper.abort();
      await store.recordEvent(eventOf(2));
      assert.equal((await store.listEvents()).length, 2);
    },

    async "a read is stopped at its next record"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 2000));
      for (const reverse of [false, true]) {
        const stopper = new AbortController();
        let read = 0;
        await expectCode("ABORTED", async () => {
          for await (const _event of store.events({ reverse, signal: stopper.signal })) {
            if (++read === 3) stopper.abort();
          }
        });
        assert.equal(read, 3);
      }
    },

    async "a read that finds nothing is stopped too"(stage) {
      const store = await stage.open();
      await store.recordMany(recordsOf("event", 2000));
      const stopper = new AbortController();
      const where = (): boolean => {
        stopper.abort();
        return false;
      };
      await expectCode("ABORTED", () => store.listEvents({ where, signal: stopper.signal }));
    },

    async "maintenance that is stopped on its way leaves the store as before, or is done"(stage) {
      const store = await stage.open();
      if (!store.backendCapabilities().compact) return;
      await store.recordMany(recordsOf("event", 2000));
      const stopper = new AbortController();
      const onProgress = () => stopper.abort();
      const options = { retention: { maxRecords: 10 }, signal: stopper.signal, onProgress };
      const outcome = await store.compact(options)
        .then((report) => report.afterRecords, (error: PapyraError) => error.code);
      const left = (await everything(store)).length;
      assert.ok(
        (outcome === "ABORTED" && left === 2000) || (outcome === 10 && left === 10),
        `${outcome}, ${left} records left`,
      );
      await expectSound(store);
      const { afterRecords } = await store.compact({ retention: { maxRecords: 10 } });
      assert.equal(afterRecords, 10);
    },
  },
};
