import { assert, assertEquals } from "../../../_assert.ts";
import { openRotating, segmentPath, segmentsOf, summaryPath, writeSegments } from "../_segments.ts";
import { codes, type StoreStage, storeTest } from "../_stores.ts";

// A segment whose bytes were destroyed, though nothing tells: what is passed over is not read.
async function destroyUnseen(stage: StoreStage, firstSeq: number): Promise<void> {
  const path = segmentPath(stage, firstSeq);
  const { size, mtime, atime } = await Deno.stat(path);
  const file = await Deno.open(path, { write: true });
  await file.write(new Uint8Array(size).fill(0x20));
  file.close();
  await Deno.utime(path, atime!, mtime!);
}

storeTest("every sealed segment has a summary once its writer is closed", async (stage) => {
  await writeSegments(stage, 35);
  assertEquals(segmentsOf(stage), [1, 11, 21]);
  for (const firstSeq of segmentsOf(stage)) await Deno.stat(summaryPath(stage, firstSeq));
});

storeTest(
  "a period of time is read from the segments that overlap with it, and no others",
  async (stage) => {
    await writeSegments(stage, 45);
    await destroyUnseen(stage, 1);
    await destroyUnseen(stage, 31);
    await using store = openRotating(stage);
    for (const reverse of [false, true]) {
      const stream = store.events({ since: 15, until: 24, reverse });
      const times = (await Array.fromAsync(stream)).map(({ timestamp }) => timestamp!);
      assertEquals(times.sort((one, other) => one - other), [
        15,
        16,
        17,
        18,
        19,
        20,
        21,
        22,
        23,
        24,
      ]);
      assertEquals(stream.skipped, 0);
    }
    const limited = await store.listEvents({ since: 12, until: 18, limit: 2 });
    assertEquals(limited.map(({ timestamp }) => timestamp), [17, 18]);
  },
);

storeTest("records behind a number are read from the segments that hold them", async (stage) => {
  await writeSegments(stage, 45);
  await destroyUnseen(stage, 1);
  await using store = openRotating(stage);
  const seqs = (await store.listEvents({ afterSeq: 17 })).map(({ seq }) => seq);
  assertEquals(seqs, Array.from({ length: 28 }, (_, index) => 18 + index));
  assertEquals((await store.listEvents({ afterSeq: 44 })).map(({ seq }) => seq), [45]);
  assertEquals(await store.listEvents({ afterSeq: 45 }), []);
});

storeTest("times out of order are found wherever they stand", async (stage) => {
  {
    await using store = openRotating(stage, { maxRecords: 5, durability: "os" });
    for (const timestamp of [50, 3, 40, 8, 30, 20, 31, 9, 7, 60, 1, 2, 3, 4, 5, 6]) {
      await store.recordEvent({ timestamp, eventType: "E" });
    }
  }
  await using store = openRotating(stage);
  const found = await store.listEvents({ since: 5, until: 9 });
  assertEquals(found.map(({ timestamp }) => timestamp), [8, 9, 7, 5, 6]);
});

storeTest("retention gives the same with summaries and without", async (stage) => {
  await writeSegments(stage, 95);
  await using store = openRotating(stage);
  const policies = [
    { maxRecords: 42 },
    { maxTotalBytes: 3000 },
    { maxAgeSeconds: 1_700_001_000 - 33.5 },
    { maxRecords: 60, maxAgeSeconds: 1_700_001_000 - 50 },
    { maxRecords: 0 },
  ];
  const read = async () => {
    const results = [];
    for (const retention of policies) {
      results.push((await store.listEvents({ retention })).map(({ seq }) => seq));
      results.push((await store.listEvents({ retention, limit: 3 })).map(({ seq }) => seq));
      results.push((await store.listEvents({ retention, until: 70 })).map(({ seq }) => seq));
      const { removedRecords, afterRecords } = await store.compact({ retention, dryRun: true });
      results.push([removedRecords, afterRecords]);
    }
    return results;
  };
  const withSummaries = await read();
  for (const firstSeq of segmentsOf(stage)) await Deno.remove(summaryPath(stage, firstSeq));
  await Deno.remove(stage.sidecar, { recursive: true });
  assertEquals(await read(), withSummaries);
});

storeTest(
  "a summary that is broken, of another file or of another version is made anew",
  async (stage) => {
    await writeSegments(stage, 25);
    const path = summaryPath(stage, 1);
    const good = await Deno.readTextFile(path);
    const lies = [
      "",
      "{}",
      good.slice(0, -20),
      good.replace('"min":1,', '"min":9,'),
      await Deno.readTextFile(summaryPath(stage, 11)),
    ];
    for (const lie of lies) {
      await Deno.writeTextFile(path, lie);
      await using store = openRotating(stage);
      assertEquals((await store.listEvents({ until: 3 })).map(({ seq }) => seq), [1, 2, 3], lie);
      assertEquals(await Deno.readTextFile(path), good, lie);
    }
  },
);

storeTest("a segment that was written to since is read again", async (stage) => {
  await writeSegments(stage, 25);
  {
    await using store = openRotating(stage);
    assert((await store.scan()).healthy);
  }
  const path = segmentPath(stage, 1);
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("E4", "E0"));
  await using store = openRotating(stage);
  const scan = await store.scan({ sinceLast: true });
  assertEquals([codes(scan), scan.reused?.segments], [["CHECKSUM_MISMATCH"], 1]);
});

storeTest("where there is no sidecar, reading makes none", async (stage) => {
  await writeSegments(stage, 25);
  await Deno.remove(stage.sidecar, { recursive: true });
  await using store = openRotating(stage);
  assertEquals((await store.listEvents({ until: 3 })).length, 3);
  assertEquals((await store.scan({ sinceLast: true })).reused, null);
  assertEquals(
    [...Deno.readDirSync(stage.directory)].some(({ isDirectory }) => isDirectory),
    false,
  );
});
