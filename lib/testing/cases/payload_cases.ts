/**
 * Payloads come back as they went in.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { JsonObject, JsonValue } from "../../model/record.ts";
import type { CaseGroup } from "../case_group.ts";
import { expectSound } from "../expect.ts";
import type { Stage } from "../stage.ts";

/** Cases of what payloads may hold. */
export const payloadCases: CaseGroup = {
  feature: null,
  cases: {
    async "text in any script comes back, and control characters do"(stage) {
      await returns(stage, [
        "",
        "grüße, Δοκιμή, 日本語, עברית, 🎉👩‍👩‍👧",
        "line\nline\r\n\ttab\u0000nul\u0007bell\u001b[31mescape\u007f",
        "\u2028 and \u2029 and \ufeff",
        'quotes " and \\ backslashes \\" \\u0041',
      ]);
    },

    async "halves of surrogate pairs come back"(stage) {
      await returns(stage, ["\ud800", "\udfff", "a\ud83dz", { "\udc00": "\ud83d\ud83d\ude00" }]);
    },

    async "text that looks like the end of a line comes back"(stage) {
      await returns(stage, [
        ',"crc":"00000000"}',
        '"}\n{"kind":"event"',
        { crc: "00000000" },
        { seq: 7, crc: "deadbeef" },
        { kind: "checkpoint", timestamp: "never" },
      ]);
    },

    async "keys that objects inherit come back as keys"(stage) {
      await returns(
        stage,
        [
          '{"__proto__":{"polluted":true}}',
          '{"constructor":1,"hasOwnProperty":2,"toString":3,"valueOf":4}',
          '{"":1," ":2,"a.b":3,"\\n":4,"1":5,"0":6}',
        ].map((text) => JSON.parse(text) as JsonValue),
      );
      assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    },

    async "numbers come back to the last bit"(stage) {
      await returns(stage, [
        0.1 + 0.2,
        1e300,
        -1e-300,
        5e-324,
        Number.MAX_VALUE,
        Number.MAX_SAFE_INTEGER,
        Number.MIN_SAFE_INTEGER,
        2 ** 60,
        1e21,
        123456789.123456789,
      ]);
    },

    async "zero comes back as zero, without its sign"(stage) {
      const store = await stage.open();
      await store.recordDeadLetter({ messageType: "A", payload: [0, -0] });
      const [letter] = await store.listDeadLetters();
      assert.deepEqual(letter?.payload, [0, 0]);
    },

    async "what is nested 500 deep comes back"(stage) {
      let value: JsonValue = "core";
      for (let depth = 0; depth < 500; depth++) value = depth % 2 ? [value] : { value };
      await returns(stage, [value]);
    },

    async "a megabyte of text comes back"(stage) {
      await returns(stage, ["ü€😀\n".repeat(100_000), { list: Array(20_000).fill("item") }]);
    },

    async "dates are stored as JSON writes them, and what is undefined is left out"(stage) {
      const store = await stage.open();
      const payload = { at: new Date(0), gone: undefined, deep: { gone: undefined, kept: null } };
      await store.recordEvent({ eventType: "A", payload: payload as unknown as JsonObject });
      const [event] = await store.listEvents();
      assert.deepEqual(event?.payload, { at: "1970-01-01T00:00:00.000Z", deep: { kept: null } });
    },

    async "a reader may change what it read"(stage) {
      const store = await stage.open();
      await store.recordEvent({ eventType: "A", payload: { list: [1] } });
      const [first] = await store.listEvents();
      (first as { eventType: string }).eventType = "B";
      (first!.payload as { list: number[] }).list.push(2);
      const [second] = await store.listEvents();
      assert.deepEqual([second?.eventType, second?.payload], ["A", { list: [1] }]);
    },
  },
};

async function returns(stage: Stage, payloads: readonly JsonValue[]): Promise<void> {
  const store = await stage.open();
  for (const payload of payloads) {
    await store.recordDeadLetter({ messageType: "A", payload });
    await store.recordEvent({ eventType: "A", payload: { payload } });
  }
  const letters = await store.listDeadLetters();
  const events = await store.listEvents();
  assert.deepEqual(letters.map((letter) => letter.payload), payloads);
  assert.deepEqual(events.map((event) => event.payload.payload), payloads);
  await expectSound(store);
}
