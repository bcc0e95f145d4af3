import { BATCH_BYTES, batchBytes, batchText, readBatches } from "../../lib/volume/batches.ts";
import { assert, assertEquals } from "../_assert.ts";

const WHOLE = batchText(1, 0) + batchText(2, 0) + batchText(2, 1) + batchText(1, 1);

Deno.test("a batch is as long as it says", () => {
  assertEquals(batchBytes(12, 34567).length, BATCH_BYTES);
  assertEquals(batchText(1, 0).length, BATCH_BYTES);
});

Deno.test("readBatches() counts whole batches of each writer", () => {
  assertEquals(readBatches(WHOLE), {
    counts: new Map([[1, 2], [2, 2]]),
    turns: 2,
    tailBytes: 0,
    fault: null,
  });
  assertEquals(readBatches("").counts.size, 0);
});

Deno.test("readBatches() takes the beginning of a batch for a tail, however short", () => {
  const next = batchText(2, 12);
  for (const length of [1, 2, 4, 5, 6, 20, 127, 128, 129, BATCH_BYTES - 1]) {
    const { counts, tailBytes, fault } = readBatches(WHOLE + next.slice(0, length));
    assertEquals([counts.get(1), tailBytes, fault], [2, length, null]);
  }
});

const FAULTS: { readonly [what: string]: string } = {
  "a batch that is lost": batchText(1, 0) + batchText(1, 2),
  "a first batch that is lost": batchText(1, 1),
  "a batch that is there twice": WHOLE + batchText(1, 1),
  "a torn batch before a whole one": batchText(1, 0).slice(0, 1000) + batchText(1, 0),
  "a changed byte": WHOLE.slice(0, 5000) + "y" + WHOLE.slice(5001),
  "a changed byte in the last line": WHOLE.slice(0, -2) + "y\n",
  "two batches mixed": batchText(1, 0).slice(0, 2048) + batchText(2, 0) +
    batchText(1, 0).slice(2048),
  "zeros": WHOLE + "\0".repeat(BATCH_BYTES),
  "zeros in the tail": `${WHOLE}${batchText(1, 2).slice(0, 100)}\0\0`,
  "bytes of something else": `${WHOLE}something else`,
};

for (const [what, text] of Object.entries(FAULTS)) {
  Deno.test(`readBatches() finds ${what}`, () => assert(readBatches(text).fault !== null));
}
