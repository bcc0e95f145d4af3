import { PapyraError } from "../../../lib/errors.ts";
import { readLines } from "../../../lib/storage/lines/line_scanner.ts";
import { randomFrom } from "../../../lib/testing/samples.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { allLines, expectedLines, fileOf, hardContents, randomContent } from "../line_reading.ts";
import { bytesOf } from "../lines.ts";

for (const [name, content] of hardContents()) {
  Deno.test(`readLines() yields the lines of a file with ${name}`, async () => {
    const range = { from: 0, to: content.length };
    const lines = await allLines(readLines(await fileOf(content), range));
    assertEquals(lines, expectedLines(content, range));
  });
}

Deno.test("readLines() yields random lines as they are, in any range of lines", async () => {
  const random = randomFrom(11);
  for (let round = 0; round < 30; round++) {
    const content = randomContent(random);
    const file = await fileOf(content);
    const starts = expectedLines(content, { from: 0, to: content.length }).map((line) =>
      line.offset
    );
    const from = starts[Math.floor(random() * starts.length)] ?? 0;
    const to = from + Math.floor(random() * (content.length - from + 1));
    const lines = await allLines(readLines(file, { from, to }));
    assertEquals(lines, expectedLines(content, { from, to }));
  }
});

Deno.test("readLines() shows every byte once, in order, before its line", async () => {
  const content = randomContent(randomFrom(3));
  const shown = new Uint8Array(content.length);
  let length = 0;
  const batches = readLines(
    await fileOf(content),
    { from: 0, to: content.length },
    undefined,
    (bytes) => {
      shown.set(bytes, length);
      length += bytes.length;
    },
  );
  for await (const lines of batches) {
    const last = lines.at(-1)!;
    assert(last.offset + last.length <= length);
  }
  assertEquals(length, content.length);
  assert(shown.every((byte, index) => byte === content[index]));
});

Deno.test("readLines() ends where a file turns out shorter", async () => {
  const file = await fileOf(bytesOf("one\ntwo\nthr"));
  const lines = await allLines(readLines(file, { from: 0, to: 1000 }));
  assertEquals(lines.map(({ offset, isTerminated }) => [offset, isTerminated]), [
    [0, true],
    [4, true],
    [8, false],
  ]);
});

Deno.test("readLines() stops at a signal", async () => {
  const file = await fileOf(new Uint8Array(3_000_000).fill(0x0a));
  const controller = new AbortController();
  const reading = async () => {
    for await (const _ of readLines(file, { from: 0, to: 3_000_000 }, controller.signal)) {
      controller.abort();
    }
  };
  assertEquals((await assertRejects(reading, PapyraError)).code, "ABORTED");
});
