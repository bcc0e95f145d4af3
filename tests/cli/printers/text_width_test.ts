import { clipText, textWidth } from "../../../lib/cli/printers/text_width.ts";
import { assert, assertEquals } from "../../_assert.ts";

Deno.test("textWidth() counts the columns of a terminal, not characters", () => {
  const widths: readonly (readonly [text: string, width: number])[] = [
    ["", 0],
    ["plain text", 10],
    ["Zürich ☃", 8],
    ["漢字", 4],
    ["한국", 4],
    ["ｆｕｌｌ", 8],
    ["👍", 2],
    ["e\u0301", 1],
    ["a\u200b\u00adb", 2],
    ["𠮷", 2],
    ["…", 1],
  ];
  for (const [text, width] of widths) assertEquals(textWidth(text), width, text);
});

Deno.test("clipText() cuts at a column, never through a character, and says that it did", () => {
  assertEquals(clipText("abcdef", 6), "abcdef");
  assertEquals(clipText("abcdef", 5), "abcd…");
  assertEquals(clipText("abce\u0301", 4), "abce\u0301");
  assertEquals(clipText("漢字漢", 6), "漢字漢");
  assertEquals(clipText("漢字漢", 5), "漢字…");
  assertEquals(clipText("漢字漢", 4), "漢…");
  assertEquals(clipText("👍👍", 3), "👍…");
  assertEquals([clipText("ab", 1), clipText("ab", 0), clipText("", 0)], ["…", "", ""]);
  assertEquals(clipText("x".repeat(1e6), Infinity).length, 1e6);
});

Deno.test("clipText() lets nobody pile up marks that take no width", () => {
  const tower = `a${"\u0301".repeat(100_000)}b`;
  assert(clipText(tower, 10).length <= 41);
});

Deno.test("clipText() fits into every width", () => {
  for (const text of ["plain", "漢字かな交じり文", "a漢b👍c", "e\u0301".repeat(9)]) {
    for (let width = 0; width <= 20; width++) {
      assert(textWidth(clipText(text, width)) <= width, `${text} in ${width}`);
    }
  }
});
