import { expectCode } from "../../../../lib/testing/expect.ts";
import { assert, assertEquals } from "../../../_assert.ts";
import { openRotating, segmentPath, segmentsOf, writeSegments } from "../_segments.ts";
import { codes, NOW, type StoreStage, storeTest } from "../_stores.ts";

async function scanAndScanSince(stage: StoreStage) {
  await using store = openRotating(stage);
  return [await store.scan(), await store.scan({ sinceLast: true })] as const;
}

storeTest(
  "segments that a scan found in order are not read again, and the report says so",
  async (stage) => {
    await writeSegments(stage, 35);
    const [first, second] = await scanAndScanSince(stage);
    assertEquals(first.reused, null);
    const bytes = [1, 11, 21].map((seq) => Deno.statSync(segmentPath(stage, seq)).size);
    assertEquals(second.reused, {
      segments: 3,
      bytes: bytes.reduce((sum, size) => sum + size, 0),
      upToSeq: 30,
      verifiedSince: NOW,
    });
    const { reused: _, durationSeconds: __, ...rest } = second;
    const { reused: ___, durationSeconds: ____, ...whole } = first;
    assertEquals(rest, whole);
  },
);

storeTest(
  "a full scan, and one that verifies everything again, read every segment",
  async (stage) => {
    await writeSegments(stage, 35);
    await scanAndScanSince(stage);
    await using store = openRotating(stage);
    assertEquals((await store.scan()).reused, null);
    assertEquals((await store.scan({ sinceLast: true, reverify: 1 })).reused, null);
    assertEquals((await store.scan({ sinceLast: true, reverify: 0 })).reused?.segments, 3);
    for (const reverify of [-0.1, 1.1, NaN]) {
      await expectCode("INVALID_ARGUMENT", () => store.scan({ reverify }));
    }
  },
);

storeTest("a segment with anything to tell is read every time", async (stage) => {
  await writeSegments(stage, 35);
  const path = segmentPath(stage, 11);
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("E14", "E41"));
  const [first, second] = await scanAndScanSince(stage);
  assertEquals(codes(first), ["CHECKSUM_MISMATCH"]);
  assertEquals([codes(second), second.reused?.segments], [["CHECKSUM_MISMATCH"], 2]);
});

storeTest("a segment that is missing is told although the others are not read", async (stage) => {
  await writeSegments(stage, 45);
  await scanAndScanSince(stage);
  await Deno.remove(segmentPath(stage, 11));
  await using store = openRotating(stage);
  const scan = await store.scan({ sinceLast: true });
  assertEquals([codes(scan), scan.anomalies[0]?.reason.split(";")[0]], [
    ["SEQUENCE_GAP"],
    "records 11 to 20 are missing before this place, and nothing says why",
  ]);
  assertEquals(scan.reused?.segments, 3);
  assert((await store.recover()).after.healthy);
});

storeTest("what a compaction took away is no gap where the rest is not read", async (stage) => {
  await writeSegments(stage, 45);
  await using store = openRotating(stage);
  await store.compact({ retention: { maxRecords: 28 } });
  assertEquals(segmentsOf(stage), [11, 21, 31]);
  assertEquals(codes(await store.scan()), []);
  const scan = await store.scan({ sinceLast: true });
  assertEquals([codes(scan), scan.reused?.segments, scan.records.event], [[], 3, 28]);
});

storeTest("a copy of a segment under another number is seen", async (stage) => {
  await writeSegments(stage, 35);
  await scanAndScanSince(stage);
  await Deno.copyFile(segmentPath(stage, 11), segmentPath(stage, 25));
  await using store = openRotating(stage);
  const scan = await store.scan({ sinceLast: true });
  assertEquals(scan.anomalyCounts.DUPLICATE_SEQUENCE, 10);
  const { after } = await store.recover();
  assertEquals([after.healthy, after.records.event], [true, 35]);
});
