import { exceedsJsonLimits, JSON_DEPTH_MAX, JSON_VALUES_MAX } from "../../lib/model/json_limits.ts";
import { assertEquals } from "../_assert.ts";

function exceeds(text: string): boolean {
  return exceedsJsonLimits(new TextEncoder().encode(text));
}

function nested(depth: number): string {
  return `${"[".repeat(depth)}1${"]".repeat(depth)}`;
}

/** An array is a value, and so is each of its elements. */
function arrayOf(count: number, element: string): string {
  return `[${Array(count).fill(element).join(",")}]`;
}

Deno.test("exceedsJsonLimits() counts levels, of objects and arrays", () => {
  assertEquals([exceeds(nested(JSON_DEPTH_MAX)), exceeds(nested(JSON_DEPTH_MAX + 1))], [
    false,
    true,
  ]);
  assertEquals(exceeds('{"a":'.repeat(JSON_DEPTH_MAX + 1)), true);
  assertEquals(exceeds(arrayOf(JSON_DEPTH_MAX, "[]")), false);
});

Deno.test("exceedsJsonLimits() counts values of every kind", () => {
  const room = JSON_VALUES_MAX - 1;
  assertEquals([exceeds(arrayOf(room, "1")), exceeds(arrayOf(room + 1, "1"))], [false, true]);
  const members = Array.from({ length: room + 1 }, (_, index) => `"${index}":null`);
  assertEquals(exceeds(`{${members.join(",")}}`), true);
  assertEquals(exceeds(arrayOf(JSON_VALUES_MAX / 2, "{}")), true);
});

Deno.test("exceedsJsonLimits() counts nothing within a string", () => {
  const text = `{[,"\\`.repeat(JSON_VALUES_MAX);
  assertEquals(exceeds(JSON.stringify({ [text]: [text, text] })), false);
  assertEquals(exceeds(`${JSON.stringify(text)}${nested(JSON_DEPTH_MAX + 1)}`), true);
});

Deno.test("exceedsJsonLimits() gets along with what is no JSON", () => {
  for (const junk of ['"', "\\", '\\"', "]", "}", ",".repeat(100), "x"]) {
    exceeds(junk.repeat(JSON_DEPTH_MAX + 1));
  }
  assertEquals(exceeds(`"${"\\".repeat(1_000_000)}`), false);
});
