import { PapyraError } from "../../../lib/errors.ts";
import { lineEndBefore, readLinesBackward } from "../../../lib/storage/lines/backward_reader.ts";
import { randomFrom } from "../../../lib/testing/samples.ts";
import { assertEquals, assertRejects } from "../../_assert.ts";
import { allLines, expectedLines, fileOf, hardContents, randomContent } from "../line_reading.ts";
import { bytesOf } from "../lines.ts";

for (const [name, content] of hardContents()) {
  Deno.test(`readLinesBackward() yields the lines of a file with ${name}`, async () => {
    const range = { from: 0, to: content.length };
    const lines = await allLines(readLinesBackward(await fileOf(content), range));
    assertEquals(lines, expectedLines(content, range).reverse());
  });
}

Deno.test("readLinesBackward() yields random lines as they are, in any range of lines", async () => {
  const random = randomFrom(5);
  for (let round = 0; round < 30; round++) {
    const content = randomContent(random);
    const file = await fileOf(content);
    const starts = expectedLines(content, { from: 0, to: content.length }).map((line) =>
      line.offset
    );
    const from = starts[Math.floor(random() * starts.length)] ?? 0;
    const to = from + Math.floor(random() * (content.length - from + 1));
    const lines = await allLines(readLinesBackward(file, { from, to }));
    assertEquals(lines, expectedLines(content, { from, to }).reverse());
  }
});

Deno.test("readLinesBackward() never tells lines of another place where a file was cut", async () => {
  const file = await fileOf(bytesOf("one\ntwo\nthree\n"));
  const lines: string[] = [];
  await file.truncate(6);
  for await (const batch of readLinesBackward(file, { from: 0, to: 14 })) {
    for (const { bytes } of batch) lines.push(new TextDecoder().decode(bytes));
  }
  assertEquals(lines, ["tw\0\0\0\0\0\0\0\0", "one"]);
});

Deno.test("readLinesBackward() stops at a signal", async () => {
  const file = await fileOf(new Uint8Array(3_000_000).fill(0x0a));
  const controller = new AbortController();
  const reading = async () => {
    for await (const _ of readLinesBackward(file, { from: 0, to: 3_000_000 }, controller.signal)) {
      controller.abort();
    }
  };
  assertEquals((await assertRejects(reading, PapyraError)).code, "ABORTED");
});

Deno.test("lineEndBefore() finds the end of the last whole line", async () => {
  const cases: readonly (readonly [content: string, horizon: number, end: number])[] = [
    ["", 0, 0],
    ["abc", 3, 0],
    ["a\nbc", 4, 2],
    ["a\nbc", 2, 2],
    ["a\nbc", 1, 0],
    ["a\n\n", 3, 3],
    [`a\n${"x".repeat(500_000)}`, 500_002, 2],
  ];
  for (const [content, horizon, end] of cases) {
    assertEquals(await lineEndBefore(await fileOf(bytesOf(content)), horizon), end);
  }
});
