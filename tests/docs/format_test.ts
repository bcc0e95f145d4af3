import { classifyLine } from "../../lib/storage/lines/line_classifier.ts";
import { assert, assertEquals } from "../_assert.ts";

Deno.test("docs/format.md shows lines whose checksums hold", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/format.md", import.meta.url));
  const lines = text.split("\n").filter((line) => line.startsWith('{"kind":'));
  assert(lines.length >= 2);
  for (const line of lines) {
    assertEquals(classifyLine(new TextEncoder().encode(line)).state, "intact", line);
  }
});
