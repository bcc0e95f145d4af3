import { crc32 } from "node:zlib";
import type { JsonObject } from "../../../lib/model/record.ts";
import {
  type Checkpoint,
  CHECKPOINT_FIELDS,
  decodeCheckpoint,
  encodeCheckpoint,
  isNewerFormat,
  SeqDigest,
} from "../../../lib/storage/lines/checkpoint.ts";
import { isIntact } from "../../../lib/storage/lines/line_codec.ts";
import { randomFrom } from "../../../lib/testing/samples.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { bytesOf } from "../lines.ts";

const CHECKPOINT: Checkpoint = {
  version: 1,
  from: 1,
  to: 42,
  count: 10,
  seqsCrc: 0x0c8c9a9b,
  foreign: 3,
};

Deno.test("a checkpoint's line is intact, and says what the checkpoint does", () => {
  const line = encodeCheckpoint(CHECKPOINT, 1_700_000_000.5);
  assert(isIntact(bytesOf(line)));
  const value = JSON.parse(line) as JsonObject;
  assertEquals(decodeCheckpoint(value), CHECKPOINT);
  assertEquals(value.timestamp, 1_700_000_000.5);
  assertEquals(Object.keys(value), [...CHECKPOINT_FIELDS, "crc"]);
});

Deno.test("decodeCheckpoint() understands nothing that is not complete", () => {
  const value = JSON.parse(encodeCheckpoint(CHECKPOINT, 1)) as JsonObject;
  const spoilt: JsonObject[] = [
    ...["version", "from", "to", "count", "foreign", "seqs_crc"].map((name) => ({
      ...value,
      [name]: null,
    })),
    { ...value, to: -1 },
    { ...value, to: 1.5 },
    { ...value, count: "10" },
    { ...value, foreign: 2 ** 53 },
    { ...value, seqs_crc: "0C8C9A9B" },
    { ...value, seqs_crc: "c8c9a9b" },
    {},
  ];
  for (const object of spoilt) assertEquals(decodeCheckpoint(object), null, JSON.stringify(object));
});

Deno.test("isNewerFormat() tells versions after this one", () => {
  assert(!isNewerFormat(CHECKPOINT));
  assert(!isNewerFormat({ ...CHECKPOINT, version: 0 }));
  assert(isNewerFormat({ ...CHECKPOINT, version: 2 }));
});

Deno.test("SeqDigest digests the numbers in decimal with a newline each", () => {
  const random = randomFrom(2);
  const seqs = [1, 9, 10, 99, 100, 2 ** 31, 2 ** 32, 2 ** 53 - 1];
  // More than its buffer holds.
  for (let index = 0; index < 20_000; index++) seqs.push(1 + Math.floor(random() ** 3 * 1e12));
  const digest = new SeqDigest();
  seqs.forEach((seq, index) => {
    digest.add(seq);
    // Looking at it in between changes nothing.
    if (index % 997 === 0) assert(digest.crc >= 0);
  });
  const text = seqs.map((seq) => `${seq}\n`).join("");
  assertEquals([digest.count, digest.crc], [seqs.length, crc32(text)]);
});

Deno.test("SeqDigest tells another order, and starts again when cleared", () => {
  const digestOf = (...seqs: number[]): number => {
    const digest = new SeqDigest();
    seqs.forEach((seq) => digest.add(seq));
    return digest.crc;
  };
  assert(digestOf(1, 2) !== digestOf(2, 1));
  assert(digestOf(1, 2) !== digestOf(12));
  assertEquals(digestOf(), 0);
  const digest = new SeqDigest();
  digest.add(7);
  digest.clear();
  assertEquals([digest.count, digest.crc], [0, 0]);
  digest.add(1);
  assertEquals([digest.count, digest.crc], [1, digestOf(1)]);
});
