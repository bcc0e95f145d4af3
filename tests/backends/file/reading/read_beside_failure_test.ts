/** A read that did not get the lock, beside a write that fails and another that takes its place. */

import { assertEquals } from "../../../_assert.ts";
import { eventLine } from "../../../storage/lines.ts";
import { openRotating, writeSegments } from "../_segments.ts";
import { storeTest } from "../_stores.ts";

storeTest(
  "what took the place of a write that was undone is no damage to a read",
  async (stage) => {
    await writeSegments(stage, 12);
    using writer = await Deno.open(stage.path, { read: true, append: true });
    await writer.lock(true);
    const { size } = await writer.stat();
    await append(writer, eventLine(13));
    await using store = openRotating(stage);
    const stream = store.records();
    const seqs: (number | null)[] = [];
    for await (const { seq } of stream) {
      seqs.push(seq);
      if (seq !== 1) continue;
      await writer.truncate(size);
      await append(writer, eventLine(13, { text: "longer than the one before" }));
    }
    assertEquals(seqs, Array.from({ length: 12 }, (_, index) => index + 1));
    assertEquals(stream.skipped, 0);
  },
);

async function append(file: Deno.FsFile, line: string): Promise<void> {
  await file.write(new TextEncoder().encode(`${line}\n`));
}
