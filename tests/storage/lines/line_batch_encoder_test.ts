import { LINE_BYTES_MAX, NUMBERING_BYTES_MAX } from "../../../lib/storage/format.ts";
import { fitsLine, LineBatchEncoder } from "../../../lib/storage/lines/line_batch_encoder.ts";
import { isIntact, sealLine, seqOf } from "../../../lib/storage/lines/line_codec.ts";
import { randomFrom } from "../../../lib/testing/samples.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { textOf } from "../lines.ts";

function sealed(json: string, seq: number): string {
  return `${sealLine(`${json.slice(0, -1)},"seq":${seq}`)}\n`;
}

Deno.test("LineBatchEncoder puts records into one buffer of lines", () => {
  const encoder = new LineBatchEncoder();
  encoder.start(false);
  assertEquals(textOf(encoder.bytes), "");
  encoder.add('{"kind":"a"}', 1);
  encoder.add('{"kind":"ü☃😀"}', Number.MAX_SAFE_INTEGER);
  assertEquals(
    textOf(encoder.bytes),
    sealed('{"kind":"a"}', 1) + sealed('{"kind":"ü☃😀"}', Number.MAX_SAFE_INTEGER),
  );
  encoder.start(true);
  encoder.add('{"kind":"b"}', 3);
  assertEquals(textOf(encoder.bytes), `\n${sealed('{"kind":"b"}', 3)}`);
});

Deno.test("LineBatchEncoder grows to whatever a batch takes", () => {
  const random = randomFrom(4);
  const encoder = new LineBatchEncoder();
  for (let round = 0; round < 5; round++) {
    let expected = "";
    encoder.start(round % 2 === 1);
    if (round % 2 === 1) expected += "\n";
    for (let seq = 1; seq < 60; seq++) {
      const json = `{"x":"${"ü".repeat(Math.floor(random() ** 8 * 300_000))}"}`;
      encoder.add(json, seq);
      expected += sealed(json, seq);
    }
    assert(textOf(encoder.bytes) === expected, `round ${round}`);
  }
});

Deno.test("a record that fits a line fits it with the largest number", () => {
  const overhead = '{"x":""}'.length;
  const room = LINE_BYTES_MAX - NUMBERING_BYTES_MAX - overhead;
  const cases: readonly (readonly [text: string, fits: boolean])[] = [
    ["a".repeat(room), true],
    ["a".repeat(room + 1), false],
    ["ü".repeat(Math.floor(room / 2)), true],
    ["ü".repeat(Math.floor(room / 2) + 1), false],
    ["☃".repeat(Math.floor(room / 3)), true],
    ["☃".repeat(Math.floor(room / 3) + 1), false],
  ];
  for (const [text, fits] of cases) {
    const json = `{"x":"${text}"}`;
    assertEquals(fitsLine(json), fits);
    if (!fits) continue;
    const encoder = new LineBatchEncoder();
    encoder.start(false);
    encoder.add(json, Number.MAX_SAFE_INTEGER);
    const line = encoder.bytes.subarray(0, -1);
    assert(line.length <= LINE_BYTES_MAX);
    assert(isIntact(line));
    assertEquals(seqOf(line), Number.MAX_SAFE_INTEGER);
  }
});
