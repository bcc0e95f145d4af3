import { JsonFilePersistence, RotatingFilePersistence } from "../../../mod.ts";
import { mixedRecords } from "../../../lib/testing/samples.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { type StoreStage, storeTest } from "./_stores.ts";

/** Expects the gauges of a store that stays open to be what a scan of all of it finds. */
async function assertAsScanned(store: JsonFilePersistence, stage: StoreStage): Promise<void> {
  const { gauges } = await store.metrics.snapshot();
  const scan = await stage.scan();
  assertEquals([gauges!.records, gauges!.bytes], [scan.records, scan.bytes]);
  const times = [...Object.values(gauges!.oldest_at), ...Object.values(gauges!.newest_at)]
    .filter((time) => time !== null);
  const { min, max } = scan.timestamps!;
  assertEquals([Math.min(...times), Math.max(...times)], [min, max]);
}

storeTest(
  "gauges are those of the store, however it changed since the last look",
  async (stage) => {
    const store = stage.open();
    assertEquals((await store.metrics.snapshot()).gauges!.exists, false);
    await store.recordMany(mixedRecords(40));
    await assertAsScanned(store, stage);
    await stage.open().recordMany(mixedRecords(20));
    await assertAsScanned(store, stage);
    await Deno.writeTextFile(stage.path, "damaged\n", { append: true });
    await store.recordMany(mixedRecords(3));
    await assertAsScanned(store, stage);
    await store.compact({ retention: { maxRecords: 5 } });
    await assertAsScanned(store, stage);
    const lines = await stage.lines();
    // The same file, cut and written anew by another program, no shorter than it was.
    await stage.write(...lines.slice(0, 3), ...lines.slice(0, 3), ...lines);
    await assertAsScanned(store, stage);
    await store.recover();
    await assertAsScanned(store, stage);
  },
);

storeTest("only what is new since the last look is read", async (stage) => {
  const store = stage.open();
  await store.recordMany(mixedRecords(2000));
  await store.metrics.snapshot();
  // What stands where it was read before is not looked at again.
  const file = await Deno.open(stage.path, { write: true });
  await file.write(new Uint8Array(20).fill(0x20));
  file.close();
  const { gauges } = await store.metrics.snapshot();
  assertEquals(Object.values(gauges!.records).reduce((sum, count) => sum + count), 2000);
});

storeTest(
  "gauges of a store in segments count every file, and what was put aside",
  async (stage) => {
    await using store = new RotatingFilePersistence(stage.path, { maxRecords: 50 });
    for (let batch = 0; batch < 5; batch++) await store.recordMany(mixedRecords(50));
    const { gauges } = await store.metrics.snapshot();
    assertEquals(Object.values(gauges!.records).reduce((sum, count) => sum + count), 250);
    assertEquals([gauges!.segments, gauges!.quarantine_bytes], [4, 0]);
    assert(gauges!.disk_free_bytes! > 0);
    await Deno.writeTextFile(stage.path, "x".repeat(20_000) + "\n", { append: true });
    await store.recover();
    assert((await store.metrics.snapshot()).gauges!.quarantine_bytes > 20_000);
  },
);

storeTest("what retention keeps is what a compaction leaves", async (stage) => {
  const store = stage.open({ retention: { maxRecords: 4 } });
  await store.recordMany(mixedRecords(40));
  const { retained } = (await store.metrics.snapshot({ withRetained: true })).gauges!;
  const { afterRecords, removedRecords } = await store.compact();
  const { records_removed, breakdown, bytes_reclaimed, gauges } = await store.metrics.snapshot();
  assertEquals(Object.values(retained!.records).reduce((sum, count) => sum + count), afterRecords);
  assertEquals([retained!.records, removedRecords], [gauges!.records, records_removed]);
  assert(bytes_reclaimed > 0 && breakdown.records_removed.event.retention > 0);
});
