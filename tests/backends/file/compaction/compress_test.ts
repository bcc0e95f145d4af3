import { basename } from "node:path";
import { PapyraError } from "../../../../lib/errors.ts";
import { InMemoryPersistence } from "../../../../lib/backends/memory/in_memory_persistence.ts";
import { RotatingFilePersistence } from "../../../../lib/backends/file/rotating_file_persistence.ts";
import { type Compression, COMPRESSIONS } from "../../../../lib/model/compression.ts";
import type { StoredRecord } from "../../../../lib/model/record.ts";
import type { OpenFile } from "../../../../lib/storage/file_system.ts";
import { nativeFileSystem } from "../../../../lib/storage/native/native_file_system.ts";
import { compressedForm } from "../../../../lib/storage/part_names.ts";
import { mixedRecords } from "../../../../lib/testing/samples.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../../../_assert.ts";
import { recordInSegments, segmentsOf } from "../_forms.ts";
import { inForm } from "../../../storage/compressed/compressing.ts";
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
const SEGMENTS = 3;

/** The content of every file in the store's directory, by name. */
async function filesIn({ directory }: StoreStage): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (isFile) files.set(name, (await Deno.readFile(`${directory}/${name}`)).join());
  }
  return files;
}

async function expectCode(code: string, body: () => Promise<unknown>): Promise<PapyraError> {
  const error = await assertRejects(body, PapyraError);
  assertEquals(error.code, code);
  return error;
}

for (const compress of COMPRESSIONS) {
  storeTest(`sealed segments are compressed with ${compress} and read as before`, async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const plain = await segmentsOf(stage);
    const store = stage.open();
    const records = await everything(store);
    const { verifiedAt } = await scannedAgain(stage);
    const bytes = (await store.describe()).bytes;

    const report = await store.compact({ compress });
    assertEquals(await segmentsOf(stage), plain.map((name) => compressedForm(name, compress)));
    const { compression } = report;
    assertEquals([compression?.form, compression?.segments], [compress, SEGMENTS]);
    assertEquals([compression?.segmentsBefore, compression?.segmentsLeft], [0, 0]);
    assertEquals([report.beforeBytes, report.afterBytes], [bytes, (await store.describe()).bytes]);
    assertEquals(compression!.beforeBytes - compression!.afterBytes!, report.reclaimedBytes);
    assertEquals([report.changed, report.removedRecords], [true, 0]);

    assertEquals(await everything(store), records);
    assertEquals(codes(await store.scan()), []);
    assertEquals((await scannedAgain(stage)).segments, SEGMENTS, "what was verified still is");
    assert(verifiedAt !== null);
    await expectReceipts(stage, plain, compress);
  });

  storeTest(
    `what was compressed before stays as it is, also where ${compress} is asked for`,
    async (stage) => {
      await recordInSegments(stage, RECORDS, PER_SEGMENT);
      const other = COMPRESSIONS.find((form) => form !== compress)!;
      const store = stage.open();
      await store.compact({ compress: other });
      const files = await filesIn(stage);
      const { changed, receipt, compression } = await store.compact({ compress });
      assertEquals([changed, receipt], [false, null]);
      assertEquals([compression?.segments, compression?.segmentsBefore], [0, SEGMENTS]);
      assertEquals(await filesIn(stage), files);
    },
  );

  storeTest(
    `what retention leaves is compressed with ${compress} in the same run`,
    async (stage) => {
      await recordInSegments(stage, RECORDS, PER_SEGMENT);
      const store = stage.open({ retention: { maxRecords: 3 } });
      const kept = await collect(store.records());
      const plan = await store.compact({ compress, dryRun: true });
      const report = await store.compact({ compress });
      assertEquals(plan.compression, {
        ...report.compression!,
        beforeBytes: plan.compression!.beforeBytes,
        afterBytes: null,
      });
      assertEquals(plan.compression?.segments, (await segmentsOf(stage)).length);
      const ending = compressedForm("", compress);
      assert((await segmentsOf(stage)).every((name) => name.endsWith(ending)));
      assertEquals(await everything(store), kept);
      assertEquals(codes(await store.scan()), []);
      assertEquals(report.afterBytes, (await store.describe()).bytes);
    },
  );
}

async function scannedAgain(stage: StoreStage) {
  const { reused } = await stage.open().scan({ sinceLast: true });
  if (reused === null) await stage.open().scan();
  const again = reused ?? (await stage.open().scan({ sinceLast: true })).reused!;
  return { segments: again.segments, verifiedAt: again.verifiedSince };
}

async function expectReceipts(stage: StoreStage, plain: string[], compress: Compression) {
  const receipts = await receiptsOf(stage.open());
  assertEquals(receipts.map(({ outcome }) => outcome), plain.map(() => "done"));
  for (const [index, { details }] of receipts.entries()) {
    const file = `${stage.directory}/${plain[index]}`;
    const form = compressedForm(file, compress);
    assertEquals([details.file, details.compressed_to], [file, form]);
    assertEquals(details.reason, "compress");
    assertEquals((details.new as { size: number }).size, (await Deno.stat(form)).size);
  }
}

storeTest("a dry run says what would be compressed, and changes nothing", async (stage) => {
  await recordInSegments(stage, RECORDS, PER_SEGMENT);
  const files = await filesIn(stage);
  const { changed, compression } = await stage.open().compact({ compress: "gzip", dryRun: true });
  assertEquals([changed, compression?.segments, compression?.afterBytes], [false, SEGMENTS, null]);
  assertEquals(await filesIn(stage), files);
});

storeTest(
  "a damaged segment is left as it is, and compressed once it was mended",
  async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const [, second] = await segmentsOf(stage);
    const path = `${stage.directory}/${second}`;
    const damaged = (await Deno.readTextFile(path)).replace('"seq":8', '"seq":9');
    await Deno.writeTextFile(path, damaged);
    const store = stage.open();
    for (const dryRun of [true, false]) {
      const { compression, damagedLines } = await store.compact({ compress: "gzip", dryRun });
      assertEquals([compression?.segments, compression?.segmentsLeft, damagedLines], [2, 1, 1]);
    }
    assertEquals(await Deno.readTextFile(path), damaged);
    await store.recover();
    assertEquals((await store.compact({ compress: "gzip" })).compression?.segments, 1);
    assertEquals(codes(await store.scan()), []);
    assertEquals((await everything(store)).length, RECORDS.length - 1);
  },
);

storeTest(
  "a segment beside another form of it, which holds something else, is left alone",
  async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const [first] = await segmentsOf(stage);
    const plain = `${stage.directory}/${first}`;
    await Deno.writeFile(`${plain}.zst`, await inForm(new TextEncoder().encode("else\n"), "zstd"));
    const before = [await Deno.readFile(plain), await Deno.readFile(`${plain}.zst`)];
    const { compression } = await stage.open().compact({ compress: "gzip" });
    assertEquals([compression?.segments, compression?.segmentsLeft], [SEGMENTS - 1, 1]);
    assertEquals([await Deno.readFile(plain), await Deno.readFile(`${plain}.zst`)], before);
  },
);

storeTest("writers, readers and followers go on while segments are compressed", async (stage) => {
  await recordInSegments(stage, mixedRecords(100), PER_SEGMENT);
  await using writer = new RotatingFilePersistence(stage.path, { maxRecords: 3, clock: () => NOW });
  const followed: (number | null)[] = [];
  const over = new AbortController();
  const following = (async () => {
    const stream = stage.open().follow(undefined, { afterSeq: 0, signal: over.signal });
    for await (const { seq } of stream) if (followed.push(seq) === 130) break;
  })();
  const compacting = stage.open().compact({ compress: "zstd" });
  let isDone = false;
  const reading = (async () => {
    while (!isDone) {
      const seqs = (await everything(stage.open())).map(({ seq }) => seq!);
      assertEquals(seqs, seqs.map((_, index) => index + 1));
      assert(seqs.length >= 100);
    }
  })();
  for (let index = 0; index < 30; index++) await writer.recordEvent({ eventType: `E${index}` });
  const { compression } = await compacting;
  isDone = true;
  await Promise.all([reading, following]);
  assertEquals(followed, Array.from({ length: 130 }, (_, index) => index + 1));
  assert(compression!.segments >= 19, `${compression!.segments} segments`);
  assertEquals(codes(await stage.scan()), []);
});

storeTest("a run lets go of each segment before it comes to the next", async (stage) => {
  await recordInSegments(stage, RECORDS, PER_SEGMENT);
  // Without the summaries every segment is read, and held open, before.
  await Deno.remove(stage.sidecar, { recursive: true });
  const looks: string[][] = [];
  const onProgress = (): void => void looks.push(removedFilesHeld(stage.directory));
  await stage.open().compact({ compress: "gzip", onProgress });
  assert(looks.length > 0);
  assertEquals(looks.flat(), []);
});

/** Files under a directory that this process holds open though they have no name any more. */
function removedFilesHeld(directory: string): string[] {
  return [...Deno.readDirSync("/proc/self/fd")].flatMap(({ name }) => {
    try {
      const path = Deno.readLinkSync(`/proc/self/fd/${name}`);
      return path.startsWith(directory) && path.endsWith("(deleted)") ? [path] : [];
    } catch {
      // That of the directory itself.
      return [];
    }
  });
}

storeTest(
  "where what was written reads back as something else, the original stays",
  async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const files = await filesIn(stage);
    const corrupted = (file: OpenFile): OpenFile =>
      new Proxy(file, {
        get: (target, name) => {
          if (name === "append") {
            return (bytes: Uint8Array) => target.append(bytes.map((b) => b ^ 1));
          }
          const value = target[name as keyof OpenFile];
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    const fileSystem = {
      ...nativeFileSystem,
      open: async (...args: Parameters<typeof nativeFileSystem.open>) => {
        const file = await nativeFileSystem.open(...args);
        return basename(args[0]).startsWith("rewrite.") ? corrupted(file) : file;
      },
    };
    const compacting = () => stage.open({ fileSystem }).compact({ compress: "gzip" });
    assertMatch((await expectCode("IO_ERROR", compacting)).message, /the original stays/);
    assertEquals(await filesIn(stage), files);
    assertEquals(codes(await stage.scan()), []);
  },
);

storeTest("a segment whose new form somebody took away stays", async (stage) => {
  await recordInSegments(stage, RECORDS, PER_SEGMENT);
  const files = await filesIn(stage);
  const fileSystem = {
    ...nativeFileSystem,
    rename: async (from: string, to: string) => {
      await nativeFileSystem.rename(from, to);
      if (to.endsWith(".gz")) await nativeFileSystem.unlink(to);
    },
  };
  await expectCode("BUSY", () => stage.open({ fileSystem }).compact({ compress: "gzip" }));
  assertEquals(await filesIn(stage), files);
});

storeTest(
  "a run that is stopped has compressed whole segments, and the next goes on",
  async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const records: StoredRecord[] = await everything(stage.open());
    const stop = new AbortController();
    let steps = 0;
    const fileSystem = {
      ...nativeFileSystem,
      unlink: async (path: string) => {
        await nativeFileSystem.unlink(path);
        if (/\d{16}$/.test(path) && ++steps === 2) stop.abort();
      },
    };
    const compacting = () =>
      stage.open({ fileSystem }).compact({ compress: "zstd", signal: stop.signal });
    assertMatch((await expectCode("ABORTED", compacting)).message, /2 files .* run it again/);
    assertEquals((await segmentsOf(stage)).filter((name) => name.endsWith(".zst")).length, 2);
    assertEquals(await everything(stage.open()), records);
    const { compression } = await stage.open().compact({ compress: "zstd" });
    assertEquals([compression?.segments, compression?.segmentsBefore], [1, 2]);
    assertEquals(await everything(stage.open()), records);
  },
);

storeTest(
  "what cannot be compressed, or not so, is refused before anything is done",
  async (stage) => {
    await recordInSegments(stage, RECORDS, PER_SEGMENT);
    const files = await filesIn(stage);
    const compress = "brotli" as Compression;
    await expectCode("INVALID_ARGUMENT", () => stage.open().compact({ compress }));
    assertEquals(await filesIn(stage), files);
    await using memory = new InMemoryPersistence();
    await expectCode("UNSUPPORTED", () => memory.compact({ compress: "gzip" }));
  },
);
