import { assert, assertEquals } from "../../../_assert.ts";
import { eventLine, foreignLine } from "../../../storage/lines.ts";
import {
  checkpointLine,
  codes,
  type Found,
  found,
  NOW,
  type StoreStage,
  storeTest,
} from "../_stores.ts";

const DAMAGED = eventLine(999).replace("Started", "Stopped");

function ours(...seqs: readonly number[]): string[] {
  return seqs.map((seq) => eventLine(seq));
}

/** What stands in a store, and what a scan finds in it. */
const STORES: readonly (readonly [name: string, lines: readonly string[], expected: Found[]])[] = [
  ["all numbers", ours(1, 2, 3), []],
  ["a missing number", ours(1, 3), [["SEQUENCE_GAP", 2, 2]]],
  ["missing numbers at two places", ours(1, 4, 5, 9), [
    ["SEQUENCE_GAP", 2, 2],
    ["SEQUENCE_GAP", 4, 6],
  ]],
  ["a missing beginning", ours(3, 4), [["SEQUENCE_GAP", 1, 1]]],
  ["a missing beginning behind lines of the original", [foreignLine(1), ...ours(2)], [
    ["SEQUENCE_GAP", 2, 1],
  ]],
  ["lines of the original in between", [...ours(1), foreignLine(1), ...ours(2)], []],
  ["the same record twice", [...ours(1, 2), ...ours(1), ...ours(3)], [[
    "DUPLICATE_SEQUENCE",
    3,
    1,
  ]]],
  ["the same record twice, side by side", ours(1, 1, 2), [["DUPLICATE_SEQUENCE", 2, 1]]],
  ["a number twice, in different records", [...ours(1, 2), eventLine(2, { other: 1 })], [
    ["DUPLICATE_SEQUENCE", 3, 2],
  ]],
  ["a record in the wrong place", ours(1, 3, 2, 4), [["OUT_OF_ORDER_SEQUENCE", 3, 2]]],
  ["a record in the wrong place, and others missing", ours(1, 5, 3), [
    ["SEQUENCE_GAP", 2, 2],
    ["SEQUENCE_GAP", 2, 4],
    ["OUT_OF_ORDER_SEQUENCE", 3, 3],
  ]],
  ["a damaged line in the place of one record", [...ours(1), DAMAGED, ...ours(3)], [
    ["CHECKSUM_MISMATCH", 2, 999],
  ]],
  ["a damaged line in the place of two records", [...ours(1), DAMAGED, ...ours(4)], [
    ["CHECKSUM_MISMATCH", 2, 999],
    ["SEQUENCE_GAP", 3, 2],
  ]],
  ["a damaged line in another place than a missing record", [DAMAGED, ...ours(1, 3)], [
    ["CHECKSUM_MISMATCH", 1, 999],
    ["SEQUENCE_GAP", 3, 2],
  ]],
  ["a checkpoint that explains what is missing", [...ours(2, 5), checkpointLine(7, [2, 5])], []],
  ["records behind a checkpoint", [checkpointLine(7), ...ours(8, 9)], []],
  ["a record that is missing behind a checkpoint", [checkpointLine(7), ...ours(9)], [
    ["SEQUENCE_GAP", 2, 8],
  ]],
  ["a record that is missing before a checkpoint", [...ours(5), checkpointLine(7, [2, 5])], [
    ["SEQUENCE_GAP", 2, null],
  ]],
  ["a record too many before a checkpoint", [...ours(2, 3, 5), checkpointLine(7, [2, 5])], [
    ["SEQUENCE_GAP", 4, null],
  ]],
  ["another record before a checkpoint", [...ours(3, 5), checkpointLine(7, [2, 5])], [
    ["SEQUENCE_GAP", 3, null],
  ]],
  ["a line of the original that is missing before a checkpoint", [
    ...ours(2),
    checkpointLine(7, [2], { foreign: 1 }),
  ], [["SEQUENCE_GAP", 2, null]]],
  ["a damaged line where a checkpoint counts a record", [
    DAMAGED,
    ...ours(5),
    checkpointLine(7, [2, 5]),
  ], [["CHECKSUM_MISMATCH", 1, 999]]],
  ["a record in the wrong place before a checkpoint", [
    ...ours(5, 2),
    checkpointLine(7, [2, 5]),
  ], [["OUT_OF_ORDER_SEQUENCE", 2, 2]]],
  ["two checkpoints, each for what is before it", [
    ...ours(2),
    checkpointLine(7, [2]),
    ...ours(8),
    checkpointLine(9, [8]),
    ...ours(10),
  ], []],
  ["an old record behind a checkpoint", [checkpointLine(7), ...ours(3, 8)], [
    ["OUT_OF_ORDER_SEQUENCE", 2, 3],
  ]],
];

for (const [name, lines, expected] of STORES) {
  storeTest(`a scan of a store with ${name}`, async (stage) => {
    await stage.write(...lines);
    assertEquals(found(await stage.scan()), expected);
  });
}

storeTest(
  "identical duplicates are errors, everything else that is merely odd is a warning",
  async (stage) => {
    await stage.write(...ours(1, 1), eventLine(1, { other: 1 }), ...ours(3, 2));
    const { anomalies, healthy } = await stage.scan();
    assertEquals(anomalies.map(({ code, severity }) => [code, severity]), [
      ["DUPLICATE_SEQUENCE", "error"],
      ["DUPLICATE_SEQUENCE", "warning"],
      ["OUT_OF_ORDER_SEQUENCE", "warning"],
    ]);
    assert(!healthy);
  },
);

async function noteDurable(stage: StoreStage, seq: number): Promise<void> {
  await Deno.mkdir(stage.sidecar, { recursive: true });
  const state = JSON.stringify({ format_version: 1, durable_seq: seq });
  await Deno.writeTextFile(`${stage.sidecar}/state.json`, state);
}

storeTest("a store that ends below what was durable lacks the rest", async (stage) => {
  await stage.write(...ours(1, 2, 3));
  await noteDurable(stage, 5);
  const report = await stage.scan();
  assertEquals(found(report), [["SEQUENCE_GAP", 3, 4]]);
  assertEquals(report.anomalies[0]!.offset, report.bytes, "at its end");
  await noteDurable(stage, 3);
  assertEquals(codes(await stage.scan()), []);
});

storeTest("damage at the end may be what was durable", async (stage) => {
  await stage.write(...ours(1, 2), DAMAGED);
  await noteDurable(stage, 3);
  assertEquals(codes(await stage.scan()), ["CHECKSUM_MISMATCH"]);
  await noteDurable(stage, 4);
  assertEquals(codes(await stage.scan()), ["CHECKSUM_MISMATCH", "SEQUENCE_GAP"]);
});

storeTest("a store that is gone is missed only where there was one", async (stage) => {
  assertEquals(found(await stage.scan()), []);
  await Deno.mkdir(stage.sidecar);
  assertEquals(found(await stage.scan()), []);
  await noteDurable(stage, 5);
  const { anomalies, exists, healthy } = await stage.scan();
  assertEquals([codes({ anomalies }), exists, healthy], [["MISSING_STORE"], false, false]);
});

storeTest("an emptied store is missed too", async (stage) => {
  await stage.write();
  await noteDurable(stage, 5);
  assertEquals(found(await stage.scan()), [["SEQUENCE_GAP", 0, 1]]);
});

storeTest("a copy of a compacted store needs nothing beside it", async (stage) => {
  const store = stage.open({ retention: { maxRecords: 2 } });
  for (let n = 1; n <= 9; n++) await store.recordEvent({ timestamp: NOW, eventType: "E" });
  await store.compact();
  await store.recordEvent({ timestamp: NOW, eventType: "E" });
  await store.close();
  const copy = `${stage.directory}/copy.ndjson`;
  await Deno.copyFile(stage.path, copy);
  const copied = stage.open({}, copy);
  assertEquals(codes(await copied.scan()), []);
  assertEquals((await copied.recordEvent({ eventType: "E" })).firstSeq, 11);
});

storeTest("a store compacted to nothing goes on with its next number", async (stage) => {
  const store = stage.open();
  for (let n = 1; n <= 9; n++) await store.recordEvent({ timestamp: NOW, eventType: "E" });
  await store.compact({ retention: { maxRecords: 0 } });
  await store.close();
  assertEquals(await stage.records(), []);
  await Deno.remove(stage.sidecar, { recursive: true });
  const again = stage.open();
  assertEquals(codes(await again.scan()), []);
  assertEquals((await again.recordEvent({ eventType: "E" })).firstSeq, 10);
  assertEquals(codes(await again.scan()), []);
});

storeTest(
  "any one record that is removed is missed, also behind a checkpoint, also the last",
  async (stage) => {
    const store = stage.open({ retention: { byKind: { audit: { maxRecords: 1 } } } });
    for (let n = 0; n < 3; n++) {
      await store.recordEvent({ timestamp: NOW, eventType: "E" });
      await store.recordAudit({ timestamp: NOW });
    }
    await store.compact();
    await store.recordEvent({ timestamp: NOW, eventType: "E" });
    await store.recordEvent({ timestamp: NOW, eventType: "E" });
    await store.close();
    const lines = await stage.lines();
    for (const [index, line] of lines.entries()) {
      if (line.includes("checkpoint")) continue;
      await stage.write(...lines.filter((_, other) => other !== index));
      assertEquals(codes(await stage.scan()), ["SEQUENCE_GAP"], `without line ${index + 1}`);
    }
  },
);

storeTest(
  "checkpoints that do not fit are counted too, where there is no room to tell each",
  async (stage) => {
    await stage.write(
      ...Array.from({ length: 1500 }, (_, index) => checkpointLine(index + 1, [1])),
    );
    const report = await stage.scan();
    assertEquals(report.anomalyCounts, { SEQUENCE_GAP: 1500 });
    assertEquals([report.detailsTruncated, report.healthy], [true, false]);
  },
);

storeTest("what there is no room to tell is counted, and told to be missing", async (stage) => {
  await stage.write(...ours(...Array.from({ length: 15_000 }, (_, index) => 2 * index + 2)));
  const report = await stage.scan();
  assertEquals(report.anomalyCounts, { SEQUENCE_GAP: 15_000 });
  assertEquals([report.detailsTruncated, report.anomaliesTotal], [true, 15_000]);
  assert(report.anomalies.length < 15_000);
});
