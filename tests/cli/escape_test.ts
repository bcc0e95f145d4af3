import { assertEquals, assertStringIncludes } from "../_assert.ts";
import { escapeJson, escapeText, hidePasswords } from "../../lib/model/escape_text.ts";
import { cliTest, papyraOk } from "./_papyra.ts";
import { storeOf } from "./_stores.ts";

const EVIL = "a\x1b[2J\nb\r\t\x07\x7f\u009b31m\u2028c\u202ed\u2066e";
const UNSAFE = /(?!\n)[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

cliTest("a record can neither drive the terminal nor forge a line", async (directory) => {
  const path = await storeOf(directory, [
    { kind: "event", eventType: EVIL, actorAddress: EVIL },
    { kind: "dead_letter", messageType: EVIL, target: EVIL, payload: { [EVIL]: EVIL } },
    { kind: "audit", systemId: EVIL },
  ]);
  for (const command of ["events", "audits", "dead-letters", "records"]) {
    for (const [format, lines] of [["text", 1], ["ndjson", 1], ["table", 2]] as const) {
      const text = await papyraOk(["inspect", command, "--path", path, "-o", format]);
      const expected = command === "records" ? lines + 2 : lines;
      assertEquals([text.split("\n").length - 1, UNSAFE.test(text)], [expected, false]);
    }
  }
  const summary = await papyraOk(["inspect", "summary", "--path", path]);
  assertEquals([summary.split("\n").length, UNSAFE.test(summary)], [4, false]);
});

cliTest("JSON keeps what records contain, and no terminal stumbles over it", async (directory) => {
  const path = await storeOf(directory, [{ kind: "event", eventType: EVIL, payload: { EVIL } }]);
  const text = await papyraOk(["inspect", "events", "--path", path, "--json"]);
  assertEquals(UNSAFE.test(text), false);
  const [record] = JSON.parse(text).records;
  assertEquals([record.event_type, record.payload], [EVIL, { EVIL }]);
});

Deno.test("escapeText() names what it takes out", () => {
  assertEquals(escapeText(EVIL), "a\\x1b[2J\\nb\\r\\t\\x07\\x7f\\x9b31m\\u2028c\\u202ed\\u2066e");
  assertEquals(escapeText("Zürich ☃ 漢字 👍"), "Zürich ☃ 漢字 👍");
});

Deno.test("escapeJson() leaves the meaning as it is", () => {
  const json = JSON.stringify(EVIL);
  assertEquals(JSON.parse(escapeJson(json)), EVIL);
});

Deno.test("hidePasswords() hides the passwords of URLs and nothing else", () => {
  assertEquals(
    hidePasswords('Cannot reach "rediss://me:p@ss:w@rd@host:1/0" at 10:30'),
    'Cannot reach "rediss://me:***@host:1/0" at 10:30',
  );
  assertStringIncludes(hidePasswords("redis://:secret@h"), "redis://:***@h");
  assertEquals(hidePasswords("redis://host:6379/0 a@b"), "redis://host:6379/0 a@b");
});
