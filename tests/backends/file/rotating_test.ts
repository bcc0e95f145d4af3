import { segmentName } from "../../../lib/storage/part_names.ts";
import { RotatingFilePersistence } from "../../../lib/backends/file/rotating_file_persistence.ts";
import type { RecordQuery } from "../../../lib/backend/backend.ts";
import { assertEquals } from "../../_assert.ts";
import { eventLine } from "../../storage/lines.ts";
import { checkpointLine, codes, NOW, type StoreStage, storeTest } from "./_stores.ts";

const DAMAGED = eventLine(999).replace("Started", "Stopped");

/** Puts a sealed segment there, under a file of its own. */
async function putSegment(
  { directory }: StoreStage,
  firstSeq: number,
  ...lines: readonly string[]
): Promise<void> {
  const path = `${directory}/${segmentName("events.ndjson", firstSeq)}`;
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
