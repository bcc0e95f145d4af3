/** The numbers of records that a repair removed from segments because they are damaged. */

import { join } from "node:path";
import { assertEquals } from "../../../_assert.ts";
import { openRotating, segmentPath } from "../_segments.ts";
import { codes, type StoreStage, storeTest } from "../_stores.ts";

/** Damage in a store of five records, one to a segment but for the last, and the records left. */
const DAMAGES: readonly {
  readonly name: string;
  readonly put: (stage: StoreStage) => Promise<void>;
  readonly left: number[];
}[] = [
  { name: "the first segment", put: (stage) => spoil(stage, 1), left: [2, 3, 4, 5] },
  { name: "a segment in the middle", put: (stage) => spoil(stage, 3), left: [1, 2, 4, 5] },
  {
    name: "segments that follow one another",
    put: async (stage) => {
      for (const seq of [1, 2, 3]) await spoil(stage, seq);
    },
    left: [4, 5],
  },
  {
    name: "a segment that stands there once more",
    put: async (stage) => {
      const [line] = (await Deno.readTextFile(segmentPath(stage, 1))).split("\n");
      await Deno.writeTextFile(segmentPath(stage, 2), `?\n${line}\n`);
    },
    left: [1, 3, 4, 5],
  },
  {
    name: "segments behind which nothing shows a number",
    put: async (stage) => {
      for (const seq of [3, 4]) await spoil(stage, seq);
      await Deno.remove(stage.path);
      await Deno.remove(join(stage.sidecar, "state.json"));
    },
    left: [1, 2],
  },
];

for (const { name, put, left } of DAMAGES) {
  storeTest(
    `what a repair removes from ${name} is not missed, nor its number given again`,
    async (stage) => {
      await writeSingles(stage);
      await put(stage);
      await using store = openRotating(stage);
      const { after } = await store.recover();
      assertEquals(codes(after), []);
      assertEquals((await store.listEvents()).map(({ seq }) => seq), left);
      const { firstSeq } = await store.recordEvent({ eventType: "New" });
      assertEquals(firstSeq, (left.at(-1) === 5 ? 5 : 4) + 1);
      assertEquals(codes(await store.scan()), []);
    },
  );
}

async function writeSingles(stage: StoreStage): Promise<void> {
  await using store = openRotating(stage, { maxRecords: 1 });
  for (let n = 1; n <= 5; n++) await store.recordEvent({ eventType: `E${n}` });
}

/** Leaves nothing that shows a number. */
async function spoil(stage: StoreStage, firstSeq: number): Promise<void> {
  await Deno.writeTextFile(segmentPath(stage, firstSeq), "?\n");
}
