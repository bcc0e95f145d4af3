import type { RecordQuery } from "../../../lib/backend/backend.ts";
import type { RetentionPolicy } from "../../../lib/model/retention.ts";
import { mixedRecords, NOW as SAMPLES_NOW } from "../../../lib/testing/samples.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { inTempDirectory } from "../../_temp.ts";
import { mixForms, recordInSegments, segmentsOf } from "./_forms.ts";
import { codes, collect, everything, NOW, StoreStage, storeTest } from "./_stores.ts";

const RECORDS = mixedRecords(60);
const PER_SEGMENT = 4;

const QUERIES: readonly (readonly [name: string, query: RecordQuery])[] = [
  ["all", {}],
  ["the newest five", { limit: 5 }],
  ["the newest 31, newest first", { limit: 31, reverse: true }],
  ["those since a moment", { since: SAMPLES_NOW - 970 }],
  ["those up to a moment", { until: SAMPLES_NOW - 970 }],
  ["those behind a number", { afterSeq: 17 }],
  ["those behind a number, newest first", { afterSeq: 40, reverse: true }],
  ["what a policy keeps", { retention: { maxRecords: 6, maxAgeSeconds: NOW - SAMPLES_NOW + 970 } }],
];

const POLICIES: readonly (readonly [name: string, policy: RetentionPolicy])[] = [
  ["a number of records", { maxRecords: 9 }],
  ["a record of each kind", { maxRecords: 1 }],
  ["no record", { maxRecords: 0 }],
  ["an age", { maxAgeSeconds: NOW - SAMPLES_NOW + 965 }],
  ["bytes", { maxTotalBytes: 2500 }],
  ["one kind only", { byKind: { event: { maxRecords: 3 } } }],
];

/** A store whose segments have all forms, and one of the same records that knows nothing of it. */
function twinTest(name: string, body: (mixed: StoreStage, plain: StoreStage) => Promise<void>) {
  storeTest(name, async (mixed) => {
    await inTempDirectory(async (directory) => {
      await using plain = new StoreStage(directory);
      for (const stage of [mixed, plain]) await recordInSegments(stage, RECORDS, PER_SEGMENT);
      await mixForms(mixed);
      assertEquals((await segmentsOf(mixed)).length, (await segmentsOf(plain)).length);
      await body(mixed, plain);
    });
  });
}

for (const [name, query] of QUERIES) {
  twinTest(`a mixed store gives ${name} as a plain one does`, async (mixed, plain) => {
    const read = (stage: StoreStage) => collect(stage.open().records(undefined, query));
    const records = await read(plain);
    assert(records.length > 0);
    assertEquals(await read(mixed), records);
    // The summaries that were made on the way say the same.
    assertEquals(await read(mixed), records);
  });
}

twinTest(
  "a mixed store is scanned as a plain one is, and again since the last time",
  async (mixed, plain) => {
    for (const options of [{}, { sinceLast: true }, { sinceLast: true, reverify: 1 }]) {
      const [{ ...found }, { ...expected }] = [
        await mixed.open().scan(options),
        await plain.open().scan(options),
      ];
      const same = { store: "", startedAt: 0, durationSeconds: 0 };
      const withoutTimes = { ...same, reused: null };
      assertEquals({ ...found, ...withoutTimes }, { ...expected, ...withoutTimes });
      assertEquals(found.reused?.segments, expected.reused?.segments);
      assertEquals(found.reused?.bytes, expected.reused?.bytes);
    }
  },
);

for (const [name, retention] of POLICIES) {
  twinTest(
    `compaction of a mixed store by ${name} leaves what it leaves of a plain one`,
    async (mixed, plain) => {
      const [store, twin] = [mixed.open(), plain.open()];
      const segments = await segmentsOf(mixed);
      const plan = await store.compact({ retention, dryRun: true });
      assertEquals(await segmentsOf(mixed), segments, "a dry run changes nothing");
      const [report, expected] = [
        await store.compact({ retention }),
        await twin.compact({ retention }),
      ];
      assertEquals(report.byKind, expected.byKind);
      assertEquals(plan.byKind, expected.byKind);
      assertEquals(await everything(store), await everything(twin));
      assertEquals(codes(await store.scan()), []);
      // What stays keeps its form.
      const left = await segmentsOf(mixed);
      assertEquals(left.filter((segment) => !segments.includes(segment)), []);
      assertEquals(left.length, (await segmentsOf(plain)).length);
      assertEquals((await store.compact({ retention })).changed, false);
    },
  );
}

twinTest("a mixed store reports the bytes that it takes on the disk", async (mixed) => {
  const store = mixed.open();
  const sizes = await Promise.all(
    [...await segmentsOf(mixed), "events.ndjson"].map(async (name) =>
      (await Deno.stat(`${mixed.directory}/${name}`)).size
    ),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  assertEquals((await store.describe()).bytes, bytes);
  const { beforeBytes, afterBytes } = await store.compact({ retention: { maxRecords: 9 } });
  assertEquals(beforeBytes, bytes);
  assertEquals(afterBytes, (await store.describe()).bytes);
});

twinTest("a writer goes on behind compressed segments alone", async (mixed) => {
  await Deno.remove(mixed.path);
  await Deno.remove(mixed.sidecar, { recursive: true });
  const { seqs } = await mixed.scan();
  assertEquals((await mixed.open().recordEvent({ eventType: "E" })).firstSeq, seqs!.max + 1);
  assertEquals(codes(await mixed.scan()), []);
});
