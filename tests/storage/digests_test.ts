import { createHash } from "node:crypto";
import { openDigests } from "../../lib/storage/digests.ts";
import { assertEquals, assertRejects } from "../_assert.ts";
import { Random } from "../_random.ts";

for (const [name, expectedBytes] of [["at once", 0], ["on a thread", 1e9]] as const) {
  Deno.test(`digests ${name} are those of the bytes, in order, however they come`, async () => {
    const random = new Random(5);
    const digests = await openDigests(expectedBytes);
    try {
      const streams = [digests.begin(), digests.begin()];
      const plain = streams.map(() => createHash("sha256"));
      for (let round = 0; round < 40; round++) {
        const index = random.below(2);
        const bytes = new Uint8Array(random.pick([0, 1, 1000, 262_144, 700_000])).fill(round);
        streams[index]!.update(bytes);
        plain[index]!.update(bytes);
        // What was given may change.
        bytes.fill(0xff);
        await digests.room();
      }
      const hexes = await Promise.all(streams.map((stream) => stream.hex()));
      assertEquals(hexes, plain.map((hash) => hash.digest("hex")));
    } finally {
      await digests.close();
    }
  });
}

Deno.test("a thread whose digests nobody asks for is let go of", async () => {
  const digests = await openDigests(1e9);
  digests.begin().update(new Uint8Array(1000));
  await digests.close();
});

Deno.test("a digest whose thread has ended is refused, and not waited for", async () => {
  const digests = await openDigests(1e9);
  const digest = digests.begin();
  digest.update(new Uint8Array(1000));
  await digests.close();
  await assertRejects(() => digest.hex(), Error, "has ended");
  await assertRejects(() => digests.room(), Error, "has ended");
});
