/** Where a follower goes on in files that others change in ways of their own. */

import { RotatingFilePersistence } from "../../../../mod.ts";
import type { StoredRecord } from "../../../../lib/model/record.ts";
import { expectCode } from "../../../../lib/testing/expect.ts";
import { Following } from "../../../../lib/testing/following.ts";
import { assertEquals } from "../../../_assert.ts";
import { eventLine, pythonDumps } from "../../../storage/lines.ts";
import { segmentPath } from "../_segments.ts";
import { type StoreStage, storeTest } from "../_stores.ts";
import { numbers, record } from "./_follow.ts";

const ALL = { limit: Infinity };

function append({ path }: StoreStage, text: string): Promise<void> {
  return Deno.writeTextFile(path, text, { append: true });
}

storeTest(
  "a line that was unfinished when following began comes once it is whole",
  async (stage) => {
    await stage.write(eventLine(1));
    const line = eventLine(2);
    await append(stage, line.slice(0, 40));
    await using following = new Following(stage.open());
    await following.untilCaughtUp();
    await append(stage, `${line.slice(40)}\n`);
    await following.until(1);
    assertEquals(following.seqs, [2]);
  },
);

storeTest("the number that a damaged line shows is none that was seen", async (stage) => {
  await stage.write(eventLine(1), eventLine(999).replace("Started", "Stopped"));
  await using following = new Following(stage.open());
  await following.untilCaughtUp();
  await append(stage, `${eventLine(3)}\n`);
  await following.until(1);
  assertEquals(following.seqs, [3]);
});

storeTest("a store compacted to nothing says how far it has come", async (stage) => {
  await record(stage.path, 3);
  await stage.open().compact({ retention: { maxRecords: 0 } });
  await using following = new Following(stage.open(), { afterSeq: 5 });
  await expectCode("SEQUENCE_RESET", () => following.untilRefused());
});

storeTest("another record with the last number is SEQUENCE_RESET", async (stage) => {
  await stage.write(eventLine(1), eventLine(2));
  await using following = new Following(stage.open(), ALL);
  await following.until(2);
  await append(stage, `${eventLine(2, { other: true })}\n${eventLine(3)}\n`);
  await expectCode("SEQUENCE_RESET", () => following.untilRefused());
  assertEquals(following.seqs, [1, 2]);
});

storeTest("a store that another tool writes again is the same store", async (stage) => {
  await stage.write(eventLine(1), eventLine(2));
  await using following = new Following(stage.open(), ALL);
  await following.until(2);
  const rewritten = [1, 2].map((seq) => pythonDumps(JSON.parse(eventLine(seq))));
  await stage.write(...rewritten, eventLine(3));
  await following.until(3);
  assertEquals(following.seqs, [1, 2, 3]);
});

/** A store that finds each file again by its name. */
class OneFileAtATime extends RotatingFilePersistence {
  protected override readonly heldFilesMax = 1;
}

/** Puts two records into each segment, in a new file even where there is one. */
async function putSegments(stage: StoreStage, ...firstSeqs: readonly number[]): Promise<void> {
  for (const seq of firstSeqs) {
    const path = segmentPath(stage, seq);
    await Deno.writeTextFile(`${path}.new`, `${eventLine(seq)}\n${eventLine(seq + 1)}\n`);
    await Deno.rename(`${path}.new`, path);
  }
}

async function take(records: AsyncIterator<StoredRecord>, count: number): Promise<unknown[]> {
  const seqs: unknown[] = [];
  for (let left = count; left > 0; left--) seqs.push((await records.next()).value.seq);
  return seqs;
}

storeTest("files that are replaced while a follower reads them hide nothing", async (stage) => {
  await putSegments(stage, 1, 3, 5);
  await using store = new OneFileAtATime(stage.path);
  const records = store.follow(undefined, ALL)[Symbol.asyncIterator]();
  assertEquals(await take(records, 1), [1]);
  await putSegments(stage, 1, 3, 5);
  await record(stage.path, 1);
  assertEquals(await take(records, 6), numbers(2, 7), "what is recorded meanwhile comes once");
  await Deno.rename(stage.path, segmentPath(stage, 7));
  await putSegments(stage, 8, 10, 12);
  assertEquals(await take(records, 1), [8]);
  await putSegments(stage, 8, 10, 12);
  assertEquals(await take(records, 5), numbers(9, 13));
  await records.return!();
});
