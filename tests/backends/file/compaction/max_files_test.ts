import { MaintenanceLock } from "../../../../lib/storage/maintenance_lock.ts";
import { nativeFileSystem } from "../../../../lib/storage/native/native_file_system.ts";
import { Sidecar } from "../../../../lib/storage/sidecar.ts";
import { assert, assertEquals } from "../../../_assert.ts";
import { openRotating, segmentPath, segmentsOf, writeSegments } from "../_segments.ts";
import { codes, receiptsOf, storeTest } from "../_stores.ts";

storeTest("without a limit nothing is dropped", async (stage) => {
  await writeSegments(stage, 95);
  assertEquals(segmentsOf(stage).length, 9);
});

storeTest("with a limit the oldest segments go, counted by kind, with a receipt", async (stage) => {
  await writeSegments(stage, 95, { maxFiles: 3 });
  assertEquals(segmentsOf(stage), [61, 71, 81]);
  await using store = openRotating(stage);
  const scan = await store.scan();
  assertEquals([codes(scan), scan.records.event, scan.seqs], [[], 35, { min: 61, max: 95 }]);
  const dropped = (await receiptsOf(store)).filter(({ details }) => details.new === null);
  const removed = dropped.map(({ details }) => [details.file, details.reason, details.removed]);
  for (const [index, [file, reason, records]] of removed.entries()) {
    const firstSeq = index * 10 + 1;
    assertEquals([file, reason], [segmentPath(stage, firstSeq), "max_files"]);
    const { event } = records as { event: { records: number; seqs: unknown } };
    assertEquals([event.records, event.seqs], [10, { min: firstSeq, max: firstSeq + 9 }]);
  }
  assertEquals(dropped.length, 6);
});

storeTest("compressed segments count, and go, like others", async (stage) => {
  await writeSegments(stage, 35);
  await using store = openRotating(stage);
  assertEquals((await store.compact({ compress: "gzip" })).compression?.segments, 3);
  await writeSegments(stage, 10, { maxFiles: 2 });
  const { healthy, seqs, records } = await store.scan();
  assertEquals([healthy, seqs, records.event], [true, { min: 21, max: 45 }, 25]);
  const dropped = (await receiptsOf(store)).filter(({ details }) => details.new === null);
  const removed = dropped.map(({ details }) => {
    const { event } = details.removed as { event: { records: number; seqs: unknown } };
    return [details.file, event.records, event.seqs];
  });
  assertEquals(removed, [
    [`${segmentPath(stage, 1)}.gz`, 10, { min: 1, max: 10 }],
    [`${segmentPath(stage, 11)}.gz`, 10, { min: 11, max: 20 }],
  ]);
});

storeTest("damage in a segment that goes does not keep it", async (stage) => {
  await writeSegments(stage, 35);
  const path = segmentPath(stage, 1);
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("E4", "E0"));
  await writeSegments(stage, 10, { maxFiles: 2 });
  assertEquals(segmentsOf(stage), [21, 31]);
  await using store = openRotating(stage);
  assert((await store.scan()).healthy);
});

storeTest("while another run has the store, it is left to the next sealing", async (stage) => {
  await writeSegments(stage, 5);
  const sidecar = new Sidecar(nativeFileSystem, stage.sidecar, stage.path);
  const lock = await MaintenanceLock.take(nativeFileSystem, sidecar, "test", {});
  await writeSegments(stage, 30, { maxFiles: 1 });
  assertEquals(segmentsOf(stage), [1, 11, 21]);
  await lock.release();
  await writeSegments(stage, 10, { maxFiles: 1 });
  assertEquals(segmentsOf(stage), [31]);
  await using store = openRotating(stage);
  assertEquals([codes(await store.scan()), (await store.metrics.snapshot()).rotation_errors], [
    [],
    0,
  ]);
});
