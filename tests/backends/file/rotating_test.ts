import { RotatingFilePersistence } from "../../../lib/backends/file/rotating_file_persistence.ts";
import type { RecordQuery } from "../../../lib/backend/backend.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { diskError } from "../../storage/disk_error.ts";
import { HookedFileSystem } from "../../storage/hooked_file_system.ts";
import { eventLine, pythonDumps } from "../../storage/lines.ts";
import { openRotating, segmentPath, segmentsOf, summaryPath, writeSegments } from "./_segments.ts";
import { checkpointLine, codes, found, NOW, type StoreStage, storeTest } from "./_stores.ts";

// The time of an event's line, but for an eighth of a second for each number.
const OLD = 1_700_000_000;
const DAMAGED = eventLine(999).replace("Started", "Stopped");

/** Puts a sealed segment there, a new file even where there is one. */
async function putSegment(
  stage: StoreStage,
  firstSeq: number,
  ...lines: readonly string[]
): Promise<void> {
  const path = segmentPath(stage, firstSeq);
  await Deno.writeTextFile(`${path}.new`, lines.map((line) => `${line}\n`).join(""));
  await Deno.rename(`${path}.new`, path);
}

function ours(...seqs: readonly number[]): string[] {
  return seqs.map((seq) => eventLine(seq));
}

storeTest(
  "a damaged line stands for a record also where the file behind was compacted",
  async (stage) => {
    await putSegment(stage, 1, ...ours(1, 2), DAMAGED);
    await putSegment(stage, 4, ...ours(6), checkpointLine(6, [6], { from: 4 }));
    assertEquals(codes(await stage.scan()), ["CHECKSUM_MISMATCH"]);
    await putSegment(stage, 1, ...ours(1), DAMAGED);
    assertEquals(codes(await stage.scan()), ["CHECKSUM_MISMATCH", "SEQUENCE_GAP"]);
  },
);

storeTest(
  "a checkpoint accounts for what is missing in all files before it, from its first number on",
  async (stage) => {
    await putSegment(stage, 1, ...ours(1, 3));
    await putSegment(stage, 6, ...ours(7), checkpointLine(8, [7], { from: 1 }));
    assertEquals(codes(await stage.scan()), []);
    await putSegment(stage, 6, ...ours(7), checkpointLine(8, [7], { from: 3 }));
    assertEquals(found(await stage.scan()), [["SEQUENCE_GAP", 2, 2]]);
    // It says nothing of what comes behind it.
    await putSegment(stage, 6, ...ours(7), checkpointLine(8, [7], { from: 1 }));
    await putSegment(stage, 9, ...ours(10));
    assertEquals(found(await stage.scan()), [["SEQUENCE_GAP", 1, 9]]);
  },
);

storeTest(
  "another tool that writes a file again is excused for what is missing of that file alone",
  async (stage) => {
    const rewritten = (seq: number) => pythonDumps(JSON.parse(eventLine(seq)));
    await putSegment(stage, 1, ...ours(1, 2, 3));
    await putSegment(stage, 4, rewritten(5));
    assertEquals(codes(await stage.scan()), ["REWRITTEN_BY_OTHER_TOOL"]);
    await putSegment(stage, 1, ...ours(1, 2));
    const { anomalies } = await stage.scan();
    assertEquals(anomalies.filter(({ severity }) => severity === "error").map(({ seq }) => seq), [
      3,
    ]);
  },
);

/** A store that finds each file again by its name. */
class OneFileAtATime extends RotatingFilePersistence {
  protected override readonly heldFilesMax = 1;
}

// Behind the first record, another process replaces every segment, and writes record 7.
const READINGS: readonly {
  readonly query: RecordQuery;
  readonly isWritten?: boolean;
  readonly expected: readonly number[];
}[] = [
  { query: {}, expected: [1, 2, 3, 4, 5, 6, 7] },
  { query: { reverse: true }, expected: [6, 5, 4, 3, 2, 1] },
  { query: { limit: 4 }, expected: [3, 4, 5, 6] },
  { query: { limit: 4, reverse: true }, expected: [6, 5, 4, 3] },
  { query: { retention: { maxRecords: 3 } }, expected: [4, 5, 6, 7] },
  { query: { retention: { maxRecords: 3 }, reverse: true }, expected: [6, 5] },
  { query: { reverse: true }, isWritten: false, expected: [6, 5, 4, 3, 2, 1] },
];

for (const { query, isWritten = true, expected } of READINGS) {
  const what = `replaced${isWritten ? " and written on" : ""}`;
  storeTest(
    `a read of ${JSON.stringify(query)} goes on in files that were ${what}`,
    async (stage) => {
      const put = async (seq: number) => {
        const text = "x".repeat(100 - 10 * seq);
        await putSegment(stage, seq, eventLine(seq, { text }), eventLine(seq + 1, { text }));
      };
      const replaceAll = async () => {
        for (const seq of [1, 3, 5]) await put(seq);
      };
      await replaceAll();
      await using store = new OneFileAtATime(stage.path, { clock: () => NOW });
      await using writer = stage.open();
      const seqs: number[] = [];
      for await (const { seq } of store.events(query)) {
        seqs.push(seq!);
        if (seqs.length > 1) continue;
        await replaceAll();
        if (isWritten) await writer.recordEvent({ eventType: "New", timestamp: NOW });
      }
      assertEquals(seqs, expected);
    },
  );
}

storeTest(
  "an empty last segment tells that its record is missing, and its number is not given again",
  async (stage) => {
    await putSegment(stage, 1, ...ours(1, 2));
    await putSegment(stage, 3);
    await using store = openRotating(stage);
    const { anomalies } = await store.scan();
    assertEquals(anomalies.map(({ code, seq }) => [code, seq]), [["SEQUENCE_GAP", 3]]);
    assert((await store.recover()).after.healthy);
    assertEquals((await store.recordEvent({ eventType: "E" })).firstSeq, 4);
    assertEquals(codes(await store.scan()), []);
  },
);

storeTest(
  "the name of an empty segment stands in for its numbers where nobody recovers",
  async (stage) => {
    await putSegment(stage, 1, ...ours(1, 2));
    await putSegment(stage, 3);
    await using store = openRotating(stage);
    assertEquals((await store.recordEvent({ eventType: "E" })).firstSeq, 4);
    assertEquals(codes(await store.scan()), ["SEQUENCE_GAP"]);
    assert((await store.recover()).after.healthy);
  },
);

/** What stands between record 1 and record 4, and what a scan says of the whole before it is mended. */
const ENDS: readonly (readonly [what: string, lines: readonly string[]])[] = [
  ["as many damaged lines as are missing", [DAMAGED, DAMAGED]],
  ["more damaged lines than are missing", [DAMAGED, "junk", DAMAGED, "junk"]],
  ["fewer damaged lines than are missing", [DAMAGED]],
];

for (const [what, lines] of ENDS) {
  storeTest(
    `behind a segment with ${what}, repair and compaction leave the next one its numbers`,
    async (stage) => {
      await putSegment(stage, 1, ...ours(1), ...lines);
      await putSegment(stage, 4, ...ours(4, 5));
      await stage.write(...ours(6));
      await using store = openRotating(stage, { clock: () => OLD + 10 });
      const before = codes(await store.scan());
      await store.compact({ retention: { byKind: { event: { maxAgeSeconds: 10 - 2 / 8 } } } });
      assertEquals(codes(await store.scan()), before);
      assertEquals(codes((await store.recover()).after), []);
      assertEquals((await store.listEvents()).map(({ seq }) => seq), [4, 5, 6]);
    },
  );
}

storeTest(
  "a segment that is damaged all through is mended without a trace in the others",
  async (stage) => {
    await putSegment(stage, 1, ...ours(1, 2));
    await putSegment(stage, 3, DAMAGED, "junk");
    await putSegment(stage, 5, ...ours(5, 6));
    await using store = openRotating(stage);
    assertEquals(codes(await store.scan()), ["CHECKSUM_MISMATCH", "CORRUPTED_LINE"]);
    assertEquals(codes((await store.recover()).after), []);
    assertEquals((await store.recordEvent({ eventType: "E" })).firstSeq, 7);
  },
);

storeTest(
  "a fragment at the end of a segment keeps no scan from its end beside a writer",
  async (stage) => {
    await putSegment(stage, 1, ...ours(1, 2));
    await Deno.writeTextFile(segmentPath(stage, 1), eventLine(3).slice(0, 40), { append: true });
    await using writer = stage.open();
    const fileSystem = new HookedFileSystem();
    fileSystem.hook = async ({ operation, path }) => {
      const isRead = operation === "open" && path === segmentPath(stage, 1);
      if (isRead) await writer.recordEvent({ eventType: "E" });
    };
    assertEquals(codes(await stage.scan({ fileSystem })), ["TRUNCATED_LINE"]);
  },
);

storeTest(
  "a link that takes the place of the active file is not sealed",
  async (stage) => {
    await using store = openRotating(stage);
    await store.recordEvent({ eventType: "First" });
    await Deno.rename(stage.path, `${stage.path}-moved`);
    await Deno.symlink(`${stage.path}-moved`, stage.path);
    await store.recordEvent({ eventType: "Second" });
    const error = await assertRejects(() => store.rotate());
    assertEquals((error as { code?: unknown }).code, "NOT_A_STORE");
    assertEquals((await store.recordEvent({ eventType: "Third" })).firstSeq, 3);
    assertEquals(segmentsOf(stage), []);
    await Deno.remove(stage.path);
    await Deno.rename(`${stage.path}-moved`, stage.path);
    assertEquals((await store.listEvents()).map(({ seq }) => seq), [1, 2, 3]);
  },
);

storeTest("no segment goes that a newer version compacted", async (stage) => {
  await putSegment(stage, 1, ...ours(1), checkpointLine(2, [1], { version: 2 }));
  await stage.write(...ours(3));
  await using store = openRotating(stage);
  const error = await assertRejects(() => store.compact({ retention: { maxRecords: 1 } }));
  assertEquals((error as { code?: unknown }).code, "UNSUPPORTED_VERSION");
  assertEquals(segmentsOf(stage), [1]);
});

storeTest(
  "a damaged number in a segment that goes is not taken for one that was given",
  async (stage) => {
    await putSegment(stage, 1, ...ours(1), eventLine(2).replace('"seq":2', '"seq":2000000000'));
    await putSegment(stage, 3, ...ours(3));
    await using store = openRotating(stage, { maxRecords: 1, maxFiles: 1 });
    await store.recordEvent({ eventType: "E" });
    await store.recordEvent({ eventType: "E" });
    await store.close();
    await using reopened = openRotating(stage);
    assertEquals((await reopened.recordEvent({ eventType: "E" })).firstSeq, 6);
    assertEquals(codes(await reopened.scan()), []);
  },
);

storeTest("a segment of nothing but damage that goes leaves no gap behind", async (stage) => {
  await putSegment(stage, 1, DAMAGED, DAMAGED);
  await putSegment(stage, 3, ...ours(3));
  await using store = openRotating(stage, { maxRecords: 1, maxFiles: 1 });
  for (const seq of [4, 5]) {
    assertEquals((await store.recordEvent({ eventType: "E" })).firstSeq, seq);
  }
  await store.close();
  assertEquals(segmentsOf(stage), [4]);
  assertEquals(codes(await stage.scan()), []);
});

storeTest("a compaction lets go of each file that it removes or replaces", async (stage) => {
  await writeSegments(stage, 200);
  const fileSystem = new HookedFileSystem();
  let held = 0;
  fileSystem.onDone = ({ operation }) => {
    if (operation === "unlink" || operation === "rename") held = Math.max(held, openDeleted(stage));
  };
  await using store = openRotating(stage, { fileSystem });
  await store.compact({ retention: { maxRecords: 15 } });
  assertEquals(segmentsOf(stage), [181]);
  assert(held <= 1, `${held} files without a name were held open`);
});

/** How many files of the store this process has open that have no name any more. */
function openDeleted({ path }: StoreStage): number {
  const links = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`);
    } catch {
      return "";
    }
  });
  const deleted = links.filter((link) => link.startsWith(path) && link.endsWith(" (deleted)"));
  return new Set(deleted).size;
}

storeTest(
  "a store that cannot be closed well is done with its segments all the same",
  async (stage) => {
    const disk = new HookedFileSystem();
    const store = openRotating(stage, { fileSystem: disk, durability: "os", maxRecords: 1 });
    const [summary, failure] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    disk.hook = ({ operation, path }) => {
      if (path.startsWith(`${stage.sidecar}/segments`)) return summary.promise;
      if (operation !== "sync" || path !== stage.path || !isClosing) return;
      failure.resolve();
      throw diskError("EIO");
    };
    let isClosing = false;
    await store.recordEvent({ timestamp: OLD, eventType: "one" });
    await store.recordEvent({ timestamp: OLD, eventType: "two" });
    isClosing = true;
    let isClosed = false;
    const closing = assertRejects(() => store.close()).then(() => isClosed = true);
    await failure.promise;
    await new Promise((resolve) => setTimeout(resolve));
    assert(!isClosed, "closed, and a summary is still being written");
    summary.resolve();
    await closing;
    assertEquals(disk.count("rename", summaryPath(stage, 1)), 1);
  },
);
