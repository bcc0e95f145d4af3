import { crc32 } from "node:zlib";
import {
  findLastLineStart,
  findLineStart,
  findTrailerEnd,
  hasTrailer,
  hexAt,
  isIntact,
  kindOf,
  sealLine,
  seqOf,
  timestampOf,
  TRAILER_BYTES,
  writeTrailer,
} from "../../../lib/storage/lines/line_codec.ts";
import { randomFrom } from "../../../lib/testing/samples.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { bytesOf, eventLine, SAMPLE_LINES, textOf } from "../lines.ts";

Deno.test("sealLine() ends a line in the CRC-32 of everything before it", () => {
  // The check value of CRC-32/ISO-HDLC.
  assertEquals(sealLine("123456789"), '123456789,"crc":"cbf43926"}');
  assertEquals(sealLine("{").length, 1 + TRAILER_BYTES);
});

Deno.test("sealLine() writes leading zeros", () => {
  const numbers = Array.from({ length: 1000 }, (_, index) => index);
  const open = numbers.map((n) => `{"n":${n}`).find((text) => crc32(text) < 2 ** 24)!;
  assertEquals(sealLine(open), `${open},"crc":"00${crc32(open).toString(16)}"}`);
});

Deno.test("writeTrailer() writes what sealLine() does", () => {
  for (const text of ["{", '{"kind":"ü☃😀"', '{"n":52', "x".repeat(5000)]) {
    const bytes = bytesOf(text);
    const buffer = new Uint8Array(bytes.length + 40);
    buffer.set(bytes, 7);
    const end = writeTrailer(buffer, 7, 7 + bytes.length);
    assertEquals(textOf(buffer.subarray(7, end)), sealLine(text));
  }
});

Deno.test("isIntact() holds for every sample line, and for no part of one", () => {
  for (const line of Object.values(SAMPLE_LINES)) {
    const bytes = bytesOf(line);
    assert(hasTrailer(bytes) && isIntact(bytes), line);
    for (let cut = 1; cut < bytes.length; cut++) {
      assert(!isIntact(bytes.subarray(0, bytes.length - cut)), `${line} without ${cut} at its end`);
      assert(!isIntact(bytes.subarray(cut)), `${line} without ${cut} at its start`);
    }
  }
});

Deno.test("isIntact() wants lower-case digits and something before them", () => {
  const line = eventLine(7);
  const upper = line.slice(0, -10) + line.slice(-10).toUpperCase();
  assert(/[A-F]/.test(upper.slice(-10)), "the sample needs a digit above 9");
  assert(!isIntact(bytesOf(upper)));
  assert(!isIntact(bytesOf(',"crc":"00000000"}')));
});

Deno.test("hexAt() reads eight lower-case digits, and nothing else", () => {
  assertEquals(hexAt(bytesOf("0774f658"), 0), 0x0774f658);
  assertEquals(hexAt(bytesOf("xffffffff"), 1), 0xffffffff);
  for (const text of ["0774F658", "0774f65", "0774f65g", "0774f65 ", "-774f658", "`774f658"]) {
    assertEquals(hexAt(bytesOf(text), 0), -1, text);
  }
});

Deno.test("seqOf() reads the number before the checksum", () => {
  const cases: readonly (readonly [string, number | null])[] = [
    ['{"a":1,"seq":1', 1],
    ['{"a":1,"seq":9007199254740991', Number.MAX_SAFE_INTEGER],
    ['{"a":1,"seq":9007199254740993', null],
    ['{"a":1,"seq":99999999999999999999999999', null],
    ['{"a":1', null],
    ['{"seq":1', null],
    ['{"a":1,"seq":', null],
    ['{"a":1,"seq":-1', null],
    ['{"a":1,"seq":1.5', null],
    ['{"a":1,"sEq":1', null],
  ];
  for (const [open, expected] of cases) {
    assertEquals(seqOf(bytesOf(sealLine(open))), expected, open);
  }
});

Deno.test("kindOf() reads the kind that a line of ours begins with", () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ['{"kind":"event","a":1', "event"],
    ['{"kind":"audit"', "audit"],
    ['{"kind":"dead_letter"', "dead_letter"],
    ['{"kind":"events"', "events"],
    ['{"kind":"checkpoint"', "checkpoint"],
    ['{"kind":""', ""],
    ['{"kind": "event"', null],
    ['{"kind":1', null],
    [`{"kind":"${"x".repeat(100)}"`, null],
    ['{"kind":"even', null],
    ["", null],
  ];
  for (const [text, expected] of cases) assertEquals(kindOf(bytesOf(text)), expected, text);
});

function timestampIn(text: string): number | null {
  return timestampOf(bytesOf(`{"kind":"event","timestamp":${text}`), "event");
}

Deno.test("timestampOf() reads what JSON.parse() reads, to the last bit", () => {
  const random = randomFrom(1);
  const numbers = [0, 0.1, 1.5, 1e21, 1e-7, 5e-324, -1.25, -0.1, 1700000000.123, 2 ** 53, 2 ** 60];
  for (let index = 0; index < 20_000; index++) {
    numbers.push(random() * 10 ** Math.floor(random() * 20 - 3), 1.7e9 + random());
  }
  for (const number of numbers) {
    assertEquals(timestampIn(`${JSON.stringify(number)},"x":1`), number);
  }
});

Deno.test("timestampOf() finds none where there is none", () => {
  for (const text of ["", "1", "x,", '"1",', "null,", "1".repeat(40), `${"1".repeat(40)},`]) {
    assertEquals(timestampIn(text), null, text);
  }
  assertEquals(timestampOf(bytesOf('{"kind":"event","stamp":1,'), "event"), null);
});

Deno.test("findLineStart() finds where lines of either hand may begin", () => {
  const text = 'x{"kind":"a"{{"kind": "b"}{"kind":1}{"kInd":"c"';
  const bytes = bytesOf(text);
  assertEquals(findLineStart(bytes, 0), 1);
  assertEquals(findLineStart(bytes, 2), text.indexOf('{"kind": '));
  assertEquals(findLineStart(bytes, text.indexOf('{"kind": ') + 1), -1);
  assertEquals(findLineStart(bytes, text.length + 5), -1);
});

Deno.test("findLastLineStart() finds the same places from behind", () => {
  const text = 'x{"kind":"a"{{"kind": "b"}{"kind":1}';
  const bytes = bytesOf(text);
  const second = text.indexOf('{"kind": ');
  assertEquals(findLastLineStart(bytes, bytes.length), second);
  assertEquals(findLastLineStart(bytes, second), 1);
  assertEquals(findLastLineStart(bytes, 1), -1);
  assertEquals(findLastLineStart(bytes.subarray(1), 1), 0);
  assertEquals(findLastLineStart(bytes.subarray(1), 0), -1);
});

Deno.test("findTrailerEnd() finds the next end of a line, whatever its digits say", () => {
  const text = `,,"crc":"zzzzzzzz"},"crc":"00000000"} ,"crc":"1234567"}`;
  const bytes = bytesOf(text);
  assertEquals(findTrailerEnd(bytes, 0), 1 + TRAILER_BYTES);
  assertEquals(findTrailerEnd(bytes, 2), 1 + 2 * TRAILER_BYTES);
  assertEquals(findTrailerEnd(bytes, 3 + TRAILER_BYTES), -1);
});
