import { assertEquals, assertMatch, assertThrows } from "../_assert.ts";
import { PapyraError } from "../../lib/errors.ts";
import { parseExactJson, rewriteJson } from "../../lib/model/exact_json.ts";

/** Numbers that come out as they went in, though perhaps written in another way. */
const KEPT = [
  "0",
  "-0",
  "-0.0e5",
  "0e999",
  "1.0",
  "1.50",
  "1e3",
  "1E-7",
  "100000000000000000000",
  "9007199254740991",
  "9007199254740992",
  "1700000000.3238328",
  "0.1",
  "1e23",
  "5e-324",
  "1.7976931348623157e308",
  "123456789012345",
  "0.00000000000000000000000000000000000001",
];

/** Numbers that a double cannot hold. */
const CHANGED = [
  "9007199254740993",
  "-9007199254740993",
  "12345678901234567890",
  "0.12345678901234567890",
  "0.1000000000000000055511151231257827",
  "1e400",
  "-1e400",
  "1e-400",
  "4e-324",
  "1700000000.12345678901",
];

Deno.test("numbers that survive are read", () => {
  for (const text of KEPT) assertEquals(parseExactJson(text, "it"), JSON.parse(text), text);
});

Deno.test("numbers that would change are refused by name, wherever they stand", () => {
  for (const number of CHANGED) {
    for (const text of [number, `[1, ${number}]`, `{"a\\"": {"b": ${number}}}`]) {
      const error = assertThrows(() => parseExactJson(text, "line 3"), PapyraError);
      assertEquals(error.code, "INVALID_INPUT");
      assertEquals(
        error.message,
        `Cannot read line 3: number ${number} would be rounded, write it as a string`,
      );
    }
  }
});

Deno.test("digits within strings are text", () => {
  for (const number of CHANGED) {
    const value = { [number]: number, quoted: `"${number}"`, escaped: `\\"${number}\\` };
    assertEquals(parseExactJson(JSON.stringify(value), "it"), value);
  }
});

Deno.test("every double survives in the form in which it is printed", () => {
  const random = mulberry32(20_231_114);
  const view = new DataView(new ArrayBuffer(8));
  for (let count = 0; count < 20_000; count++) {
    view.setUint32(0, random());
    view.setUint32(4, random());
    const number = view.getFloat64(0);
    if (!Number.isFinite(number)) continue;
    assertEquals(parseExactJson(JSON.stringify([number]), "it"), [number]);
    assertEquals(parseExactJson(String(number).toUpperCase(), "it"), number);
  }
});

Deno.test("what is not JSON is refused", () => {
  for (const text of ["", "{", "NaN", "Infinity", "01", "1.", "'a'", "{a:1}", "[1,]"]) {
    const error = assertThrows(() => parseExactJson(text, "line 3"), PapyraError);
    assertEquals(error.code, "INVALID_INPUT");
    assertMatch(error.message, /^Cannot read line 3: not JSON \(.+\)$/);
  }
});

Deno.test("a number of a million digits is refused in short words", () => {
  const error = assertThrows(() => parseExactJson("1".repeat(1_000_000), "it"), PapyraError);
  assertEquals(error.message.length < 200, true);
});

Deno.test("a text of many megabytes is read whatever its strings hold", () => {
  for (const part of ["x", "\\", '"', "\n", "é"]) {
    const value = { n: 1_700_000_000.3238328, text: part.repeat(4 * 2 ** 20) };
    assertEquals(parseExactJson(JSON.stringify(value), "it"), value);
  }
});

Deno.test("JSON that is written again keeps every number, wherever it stands", () => {
  const text = `{"b": [${[...KEPT, ...CHANGED].join(", ")}], "a\\u00e9": {"c\\"1e400": 1e400 } }`;
  const numbers = [...KEPT.map((token) => JSON.stringify(JSON.parse(token))), ...CHANGED];
  assertEquals(
    rewriteJson(text, ({ b, ...others }) => ({ ...others, b: b! })),
    `{"aé":{"c\\"1e400":1e400},"b":[${numbers.join(",")}]}`,
  );
  // Other digits than those of a number stay what they are.
  assertEquals(
    rewriteJson('{ "9007199254740993": "9007199254740993" }', (value) => value),
    '{"9007199254740993":"9007199254740993"}',
  );
});

/** A small seeded generator of 32-bit numbers. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
