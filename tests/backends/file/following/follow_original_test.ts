import { Following } from "../../../../lib/testing/following.ts";
import { assertEquals } from "../../../_assert.ts";
import { foreignLine } from "../../../storage/lines.ts";
import { numbers, record } from "./_follow.ts";
import { type StoreStage, storeTest } from "../_stores.ts";

/** The lines of an original store, which have no numbers, from one to another. */
function lines(from: number, to: number): string[] {
  return numbers(from, to).map((index) => foreignLine(index));
}

/** As Papyra (Python) does: opened, written to and closed for each. */
async function append({ path }: StoreStage, added: readonly string[]): Promise<void> {
  for (const line of added) await Deno.writeTextFile(path, `${line}\n`, { append: true });
}

/** As Papyra (Python) compacts: another file in its place. */
async function replace({ path }: StoreStage, kept: readonly string[]): Promise<void> {
  await Deno.writeTextFile(`${path}.tmp`, kept.map((line) => `${line}\n`).join(""));
  await Deno.rename(`${path}.tmp`, path);
}

/** Which of the lines came, by what tells them apart. */
function came({ records }: Following): unknown[] {
  return records.map((record) => record.seq ?? record.timestamp);
}

function timestamps(from: number, to: number): number[] {
  return lines(from, to).map((line) => JSON.parse(line).timestamp);
}

storeTest("what Papyra (Python) appends comes once and in order", async (stage) => {
  await append(stage, lines(1, 5));
  await using following = new Following(stage.open(), { limit: 2 });
  await following.until(2);
  for (let round = 0; round < 5; round++) {
    await append(stage, lines(6 + round * 4, 9 + round * 4));
    await following.until(6 + round * 4);
  }
  assertEquals(came(following), timestamps(4, 25));
});

storeTest("an original store that is rotated by its writer is followed on", async (stage) => {
  await append(stage, lines(1, 5));
  await using following = new Following(stage.open(), { limit: Infinity });
  await following.until(5);
  for (let round = 0; round < 3; round++) {
    const next = 6 + round * 6;
    await append(stage, lines(next, next + 2));
    await Deno.rename(`${stage.path}.1`, `${stage.path}.2`).catch(() => {});
    await Deno.rename(stage.path, `${stage.path}.1`);
    await append(stage, lines(next + 3, next + 5));
    await following.until(next + 5);
  }
  assertEquals(came(following), timestamps(1, 23));
});

storeTest(
  "an original store that is compacted by its writer shows nothing again",
  async (stage) => {
    await append(stage, lines(1, 9));
    await using following = new Following(stage.open(), { limit: Infinity });
    await following.until(9);
    await replace(stage, lines(5, 9));
    await append(stage, lines(10, 11));
    await following.until(11);
    await replace(stage, lines(9, 14));
    await following.until(14);
    assertEquals(came(following), timestamps(1, 14));
  },
);

storeTest("lines without a number come also behind those that have one", async (stage) => {
  await append(stage, lines(1, 3));
  await using following = new Following(stage.open(), { afterSeq: 0 });
  await following.untilCaughtUp();
  await record(stage.path, 2);
  await append(stage, lines(4, 5));
  await following.until(4);
  await stage.open().compact({ retention: { maxRecords: 3 } });
  await append(stage, lines(6, 6));
  await record(stage.path, 1);
  await following.until(6);
  await replace(stage, [...lines(1, 3), ...(await stage.lines())]);
  await append(stage, lines(7, 7));
  await following.until(7);
  assertEquals(came(following), [1, 2, ...timestamps(4, 6), 3, ...timestamps(7, 7)]);
});
