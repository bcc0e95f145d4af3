import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { PapyraError } from "../../../../lib/errors.ts";
import type { Receipt } from "../../../../lib/model/report.ts";
import { nativeFileSystem } from "../../../../lib/storage/native/native_file_system.ts";
import { mixedRecords, NOW as SAMPLES_NOW } from "../../../../lib/testing/samples.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../../../_assert.ts";
import { compressSegment, recordInSegments, segmentsOf } from "../_forms.ts";
import {
  assertSameBytes,
  compressionOf,
  type Form,
  FORMS,
  inForm,
} from "../../../storage/compressed/compressing.ts";
import {
  codes,
  collect,
  everything,
  NOW,
  receiptsOf,
  type StoreStage,
  storeTest,
} from "../_stores.ts";

const RECORDS = mixedRecords(20);
const PER_SEGMENT = 5;
// To be compared, and to be noted in the receipt.
const REMOVED_AT = 2;

interface Damage {
  readonly name: string;
  readonly make: (file: Uint8Array) => Uint8Array;
}

const DAMAGES: readonly Damage[] = [
  { name: "a broken trailer", make: (file) => flipped(file, file.length - 3) },
  { name: "an end that was cut off", make: (file) => file.subarray(0, file.length - 3) },
  { name: "half of it missing", make: (file) => file.subarray(0, file.length / 2) },
  { name: "a flipped bit in its middle", make: (file) => flipped(file, file.length / 2) },
  { name: "a flipped bit in its beginning", make: (file) => flipped(file, 1) },
  { name: "nothing in it", make: () => new Uint8Array(0) },
  { name: "zeros in it", make: (file) => new Uint8Array(file.length) },
  { name: "something appended to it", make: (file) => Uint8Array.from([...file, 1, 2, 3]) },
];

function flipped(file: Uint8Array, at: number): Uint8Array {
  const copy = file.slice();
  copy[Math.floor(at)]! ^= 4;
  return copy;
}

/** Damages the second segment of a store in segments; returns its path and what it was made to be. */
async function damageSecond(stage: StoreStage, form: Form, damage: Damage) {
  await recordInSegments(stage, RECORDS, PER_SEGMENT);
  const [, second] = await segmentsOf(stage);
  const path = await compressSegment(stage, second!, form);
  const bytes = damage.make(await Deno.readFile(path));
  await Deno.writeFile(path, bytes);
  return { path, bytes };
}

for (const form of FORMS) {
  for (const damage of DAMAGES) {
    storeTest(
      `a ${form} segment with ${damage.name} is told, kept whole and mended`,
      async (stage) => {
        const { path, bytes } = await damageSecond(stage, form, damage);
        const store = stage.open();
        let skipped = 0;
        const stream = store.records();
        const seqs: (number | null)[] = [];
        for await (const { seq } of stream) seqs.push(seq);
        skipped = stream.skipped;
        const lost = [6, 7, 8, 9, 10].filter((seq) => !seqs.includes(seq));
        assertEquals(seqs.length, RECORDS.length - lost.length, "the others are read");
        assert(skipped > 0, "what is passed over is counted");

        const before = await store.scan();
        assert(!before.healthy);
        const told = before.anomalies.find(({ code }) => code === "CORRUPTED_LINE");
        assertEquals(told?.file, path);
        assertMatch(told!.reason, /damaged|cut off|belong to nothing/);

        const { after, kept } = await store.recover();
        assertEquals(after.anomalies, []);
        assertSameBytes(await Deno.readFile(kept[0]!), bytes, "the original is kept");
        assertEquals((await everything(store)).map(({ seq }) => seq), seqs, "nothing else is lost");
        assertEquals((await segmentsOf(stage))[1], basename(path), "it is compressed as it was");
        const [receipt] = await receiptsOf(store);
        assertEquals(receipt!.details.originals, [kept[0]]);
        assertEquals((receipt!.details.old as { size: number }).size, bytes.length);
      },
    );
  }

  storeTest(`a damaged ${form} segment in quarantine is a store by itself`, async (stage) => {
    const { bytes } = await damageSecond(stage, form, DAMAGES.at(-1)!);
    const quarantineDir = `${stage.directory}/quarantine`;
    const { kept, after } = await stage.open().recover({ mode: "quarantine", quarantineDir });
    assertEquals(after.anomalies, []);
    assertEquals(kept.length, 1, "it is kept once");
    assertSameBytes(await Deno.readFile(kept[0]!), bytes);
    const active = kept[0]!.replace(/\.\d{16}\.\w+$/, "");
    const records = await collect(stage.open({}, active).records());
    assertEquals(records.map(({ seq }) => seq), [6, 7, 8, 9, 10]);
  });

  storeTest(
    `damaged lines in a sound ${form} segment are told and mended as in a plain one`,
    async (stage) => {
      await recordInSegments(stage, RECORDS, PER_SEGMENT);
      const [, second] = await segmentsOf(stage);
      const plain = `${stage.directory}/${second}`;
      const text = await Deno.readTextFile(plain);
      await Deno.writeTextFile(plain, text.replace('"seq":8', '"seq":9'));
      await compressSegment(stage, second!, form);
      const store = stage.open();
      assertEquals(codes(await store.scan()), ["CHECKSUM_MISMATCH"]);
      const { kept, after } = await store.recover();
      assertEquals([kept, after.anomalies], [[], []]);
      const [receipt] = await receiptsOf(store);
      const [removed] = receipt!.details.removed as { text: string }[];
      assertMatch(removed!.text, /"seq":9/);
      assertEquals((await everything(store)).length, RECORDS.length - 1);
    },
  );

  storeTest(
    `compaction keeps a damaged ${form} segment, or the whole of it elsewhere`,
    async (stage) => {
      const { path, bytes } = await damageSecond(stage, form, DAMAGES[3]!);
      const store = stage.open();
      const kept = await everything(store);
      await store.compact({ retention: { maxAgeSeconds: 1e9 } });
      assertSameBytes(await Deno.readFile(path), bytes, "nothing expired, and it is as it was");
      await store.compact({ retention: { maxRecords: 1 } });
      const receipts = await receiptsOf(store);
      const [original] = receipts.flatMap(({ details }) => (details.originals ?? []) as string[]);
      const found = original === undefined ? path : original;
      assertSameBytes(await Deno.readFile(found), bytes);
      assertEquals((await everything(store)).length, 3);
      assert(kept.length > 3);
    },
  );
}

storeTest(
  "a segment that a tool compressed and that is too large is told, and never taken for empty",
  async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const [first, second] = await segmentsOf(stage);
    const content = await Deno.readFile(`${stage.directory}/${second}`);
    const large = new Uint8Array(content.length + 64 * 1024 * 1024).fill(0x0a);
    large.set(content);
    const path = `${stage.directory}/${second}.gz`;
    await Deno.writeFile(path, gzipSync(large));
    await Deno.remove(`${stage.directory}/${second}`);
    const bytes = await Deno.readFile(path);
    const store = stage.open();
    const found = await store.scan();
    assertEquals(codes(found), ["UNEXPECTED_FILE", "SEQUENCE_GAP"]);
    assertMatch(found.anomalies[0]!.reason, /holds more than 67108864 bytes/);
    assertMatch(found.anomalies[0]!.next, /gunzip/);
    assertEquals((await everything(store)).length, RECORDS.length - PER_SEGMENT);
    // A recovery accepts the gap, and leaves the file alone.
    assertEquals(codes((await store.recover()).after), ["UNEXPECTED_FILE"]);
    assertSameBytes(await Deno.readFile(path), bytes);
    // It would have to say that the file before it is gone, and cannot.
    const compacting = () => store.compact({ retention: { byKind: { event: { maxRecords: 1 } } } });
    const error = await assertRejects(compacting, PapyraError).catch(() => null);
    assertEquals(error?.code ?? "UNSUPPORTED", "UNSUPPORTED");
    assertSameBytes(await Deno.readFile(path), bytes);
    // Decompressed, everything is there again.
    await Deno.writeFile(`${stage.directory}/${second}`, content);
    await Deno.remove(path);
    assertEquals(codes(await store.scan()), []);
    assert(first !== undefined);
  },
);

storeTest(
  "a copy of a segment that an interrupted run left is told, and removed by a recovery",
  async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const [first] = await segmentsOf(stage);
    const plain = `${stage.directory}/${first}`;
    await Deno.writeFile(`${plain}.gz`, await inForm(await Deno.readFile(plain), "gzip"));
    const store = stage.open();
    const found = await store.scan();
    assertEquals(codes(found), ["LEFTOVER_TEMP_FILE"]);
    assertEquals(found.anomalies[0]!.file, `${plain}.gz`);
    assertEquals((await everything(store)).length, RECORDS.length);
    const { leftoversRemoved, after } = await store.recover();
    assertEquals([leftoversRemoved, codes(after)], [[`${plain}.gz`], []]);
    const [{ outcome, details }] = await receiptsOf(store) as [Receipt];
    assertEquals([outcome, details.file, details.reason], ["done", `${plain}.gz`, "copy"]);
    assertEquals((await everything(store)).length, RECORDS.length);
  },
);

storeTest(
  "a copy that becomes the segment while it is looked at is not removed",
  async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const [first] = await segmentsOf(stage);
    const plain = `${stage.directory}/${first}`;
    await Deno.writeFile(`${plain}.gz`, await inForm(await Deno.readFile(plain), "gzip by hand"));
    let opened = 0;
    const fileSystem = {
      ...nativeFileSystem,
      open: async (...args: Parameters<typeof nativeFileSystem.open>) => {
        const file = await nativeFileSystem.open(...args);
        // As `gzip FILE` does at its end: whatever the moment, one of the two must stay.
        if (args[0] === `${plain}.gz` && ++opened === REMOVED_AT) await Deno.remove(plain);
        return file;
      },
    };
    await stage.open({ fileSystem }).compact({ retention: { maxRecords: 100 } });
    assert(opened >= REMOVED_AT, `opened ${opened} times only`);
    assertEquals((await everything(stage.open())).length, RECORDS.length);
  },
);

storeTest(
  "another form of a segment that holds something else is told, and nobody removes it",
  async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const [first] = await segmentsOf(stage);
    const plain = `${stage.directory}/${first}`;
    const content = await Deno.readFile(plain);
    // As `gunzip` leaves it when it is interrupted.
    await Deno.writeFile(`${plain}.zst`, await inForm(content, compressionOf("zstd")));
    const half = content.subarray(0, content.indexOf(0x0a, content.length / 2) + 1);
    await Deno.writeFile(plain, half);
    const store = stage.open();
    assert(codes(await store.scan()).includes("UNEXPECTED_FILE"));
    const { after } = await store.recover();
    assert(codes(after).includes("UNEXPECTED_FILE"));
    // The first record expires, and the file would have to be written anew; then all of it.
    for (const age of [998.5, 985]) {
      const error = await store.compact({ retention: { maxAgeSeconds: NOW - SAMPLES_NOW + age } })
        .catch((error) => error);
      assertEquals(error.code, "BUSY");
    }
    const found = await Deno.readFile(`${plain}.zst`);
    assertSameBytes(found, await inForm(content, "zstd"));
    assertSameBytes(await Deno.readFile(plain), half);
  },
);
