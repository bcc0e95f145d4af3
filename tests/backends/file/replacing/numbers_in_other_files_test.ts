/** Compactions of stores in which records stand in other files than they were written to. */

import { assertEquals } from "../../../_assert.ts";
import { openRotating, segmentPath, writeSegments } from "../_segments.ts";
import { foreignLine } from "../../../storage/lines.ts";
import { codes, type StoreStage, storeTest } from "../_stores.ts";

const MOVES: readonly {
  readonly name: string;
  readonly move: (stage: StoreStage) => Promise<void>;
}[] = [
  {
    name: "two segments have each other's name",
    move: async (stage) => {
      await Deno.rename(segmentPath(stage, 1), `${stage.path}-aside`);
      await Deno.rename(segmentPath(stage, 21), segmentPath(stage, 1));
      await Deno.rename(`${stage.path}-aside`, segmentPath(stage, 21));
    },
  },
  {
    name: "a segment took the place of the first",
    move: (stage) => Deno.rename(segmentPath(stage, 21), segmentPath(stage, 1)),
  },
];

for (const { name, move } of MOVES) {
  for (const maxRecords of [22, 13]) {
    storeTest(
      `a compaction to ${maxRecords} where ${name} tells of no more losses than there are`,
      async (stage) => {
        await writeSegments(stage, 35);
        await move(stage);
        await using store = openRotating(stage);
        const before = lossesIn(await store.scan());
        await store.compact({ retention: { maxRecords } });
        assertEquals(lossesIn(await store.scan()), before);
      },
    );
  }
}

storeTest(
  "a compaction of a file without numbers misses none of those in others",
  async (stage) => {
    await sealDeadLetters(stage);
    await stage.write(...[1, 2, 3].map((n) => foreignLine(n)));
    await using store = openRotating(stage);
    await store.compact({ retention: { byKind: { dead_letter: { maxRecords: 2 } } } });
    await store.compact({ retention: { byKind: { event: { maxRecords: 1 } } } });
    assertEquals((await store.listEvents()).length, 1);
    assertEquals(codes(await store.scan()), []);
  },
);

async function sealDeadLetters(stage: StoreStage): Promise<void> {
  await using store = openRotating(stage);
  for (const messageType of ["A", "B", "C"]) await store.recordDeadLetter({ messageType });
  await store.rotate();
}

function lossesIn({ anomalyCounts }: { readonly anomalyCounts: { SEQUENCE_GAP?: number } }) {
  return anomalyCounts.SEQUENCE_GAP ?? 0;
}
