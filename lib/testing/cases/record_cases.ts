/**
 * Recording one record.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { CaseGroup } from "../case_group.ts";
import { expectCode } from "../expect.ts";
import { eventOf, NOW } from "../samples.ts";

const RECORD_BYTES_MAX = 16 * 2 ** 20;

/** Cases of `recordEvent()`, `recordAudit()` and `recordDeadLetter()`. */
export const recordCases: CaseGroup = {
  feature: null,
  cases: {
    async "recordEvent() keeps every field"(stage) {
      const store = await stage.open();
      const event = {
        timestamp: 1_699_999_999.123,
        systemId: "orders",
        actorAddress: "local://1",
        eventType: "ActorStarted",
        payload: { restarts: 0 },
      };
      const { count } = await store.recordEvent(event);
      assert.equal(count, 1);
      const [stored] = await store.listEvents();
      assert.deepEqual({ ...stored, seq: null }, { kind: "event", ...event, seq: null });
    },

    async "recordAudit() keeps every field"(stage) {
      const store = await stage.open();
      const audit = {
        timestamp: 1,
        systemId: "orders",
        totalActors: 9,
        aliveActors: 6,
        stoppingActors: 2,
        restartingActors: 1,
        registrySize: 5,
        deadLettersCount: 4,
        registryOrphans: ["a", "b"],
        registryDead: ["c"],
      };
      await store.recordAudit(audit);
      const [stored] = await store.listAudits();
      assert.deepEqual({ ...stored, seq: null }, { kind: "audit", ...audit, seq: null });
    },

    async "recordDeadLetter() keeps every field"(stage) {
      const store = await stage.open();
      const letter = {
        timestamp: -1.5,
        systemId: "orders",
        target: "local://7",
        messageType: "Ping",
        payload: ["any", 1, null],
      };
      await store.recordDeadLetter(letter);
      const [stored] = await store.listDeadLetters();
      assert.deepEqual({ ...stored, seq: null }, { kind: "dead_letter", ...letter, seq: null });
    },

    async "fields that are not given get their defaults, and the clock's time"(stage) {
      const store = await stage.open({ clock: () => NOW });
      await store.recordEvent({ eventType: "A" });
      await store.recordAudit({});
      await store.recordDeadLetter({ messageType: "B" });
      const [event] = await store.listEvents();
      const [audit] = await store.listAudits();
      const [letter] = await store.listDeadLetters();
      for (const record of [event, audit, letter]) {
        assert.deepEqual([record?.timestamp, record?.systemId], [NOW, "local"]);
      }
      assert.deepEqual([event?.actorAddress, event?.payload], ["", {}]);
      assert.deepEqual([audit?.totalActors, audit?.registryOrphans], [0, []]);
      assert.deepEqual([letter?.target, letter?.payload], [null, null]);
    },

    async "addresses keep the form in which they were given"(stage) {
      const store = await stage.open();
      const addresses = [
        "local://1",
        "local:1",
        "",
        { system: "local", actorId: 1 },
        { system: "a://b", actorId: "worker/7" },
      ];
      for (const address of addresses) {
        await store.recordEvent({ eventType: "A", actorAddress: address });
        await store.recordDeadLetter({ messageType: "B", target: address });
      }
      const events = await store.listEvents();
      const letters = await store.listDeadLetters();
      assert.deepEqual(events.map((event) => event.actorAddress), addresses);
      assert.deepEqual(letters.map((letter) => letter.target), addresses);
    },

    async "a record is taken down at the call: changing it afterwards changes nothing"(stage) {
      const store = await stage.open();
      const payload = { step: 1, list: ["a"] };
      const event = { ...eventOf(1), payload };
      const written = store.recordEvent(event);
      payload.step = 2;
      payload.list.push("b");
      event.eventType = "Other";
      await written;
      const [stored] = await store.listEvents();
      assert.deepEqual(stored?.payload, { step: 1, list: ["a"] });
      assert.equal(stored?.eventType, "Event1");
    },

    async "an acknowledged record is there for the next read"(stage) {
      const store = await stage.open();
      for (let index = 1; index <= 20; index++) {
        await store.recordEvent(eventOf(index));
        const [newest] = await store.listEvents({ limit: 1 });
        assert.equal(newest?.eventType, `Event${index}`);
      }
    },

    async "a record of more than 16 MiB is refused, and one of nearly that is kept"(stage) {
      const store = await stage.open();
      const large = "x".repeat(RECORD_BYTES_MAX - 1024);
      const tooLarge = { ...eventOf(1), payload: { text: "x".repeat(RECORD_BYTES_MAX) } };
      await expectCode("RECORD_TOO_LARGE", () => store.recordEvent(tooLarge));
      await store.recordEvent({ ...eventOf(2), payload: { text: large } });
      const stored = await store.listEvents();
      assert.equal(stored.length, 1);
      // Not equal(), which would print all of it.
      assert.ok(stored[0]?.payload.text === large);
    },
  },
};
