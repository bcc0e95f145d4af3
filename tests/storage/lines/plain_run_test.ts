import { classifyLine } from "../../../lib/storage/lines/line_classifier.ts";
import { timestampOf } from "../../../lib/storage/lines/line_codec.ts";
import { readLines, readRuns } from "../../../lib/storage/lines/line_scanner.ts";
import { RawLine } from "../../../lib/storage/lines/raw_line.ts";
import type { KindRun, PlainRun } from "../../../lib/storage/lines/plain_run.ts";
import { RECORD_KINDS, type RecordKind } from "../../../lib/model/record.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { Random } from "../../_random.ts";
import { bytesOf, eventLine, textOf } from "../lines.ts";
import { fileOf, hardContents } from "../line_reading.ts";
import { mixedLines } from "./mixed_lines.ts";

/** A line as it is told one by one. */
interface Told {
  readonly offset: number;
  readonly text: string;
}

async function toldOneByOne(bytes: Uint8Array): Promise<Told[]> {
  const told: Told[] = [];
  const file = await fileOf(bytes);
  for await (const lines of readLines(file, { from: 0, to: bytes.length })) {
    for (const line of lines) told.push({ offset: line.offset, text: textOf(line.bytes) });
  }
  return told;
}

/** What a run should say, from the plain rules. */
function summed(lines: readonly string[]): Omit<PlainRun, "buffer" | "start" | "end" | "offset"> {
  const kinds: { [K in RecordKind]: KindRun | null } = {
    event: null,
    audit: null,
    dead_letter: null,
  };
  let numbers = "";
  const seqs: number[] = [];
  for (const text of lines) {
    const bytes = bytesOf(text);
    const { state, kind, seq } = classifyLine(bytes);
    assertEquals(state, "intact");
    assert(RECORD_KINDS.includes(kind as RecordKind) && seq !== null);
    const timestamp = timestampOf(bytes, kind!)!;
    const before = kinds[kind as RecordKind];
    kinds[kind as RecordKind] = {
      records: (before?.records ?? 0) + 1,
      bytes: (before?.bytes ?? 0) + bytes.length + 1,
      oldest: Math.min(before?.oldest ?? Infinity, timestamp),
      newest: Math.max(before?.newest ?? -Infinity, timestamp),
      firstSeq: before?.firstSeq ?? seq,
      lastSeq: seq,
    };
    if (seqs.length > 0) assertEquals(seq, seqs.at(-1)! + 1);
    seqs.push(seq);
    numbers += `${seq}\n`;
  }
  return {
    lines: lines.length,
    firstSeq: seqs[0]!,
    lastSeq: seqs.at(-1)!,
    numbers: bytesOf(numbers),
    kinds,
  };
}

/** The lines of runs and those beside them, one by one; each run is checked. */
async function toldInRuns(bytes: Uint8Array, onRun: (run: PlainRun) => void = () => {}) {
  const told: Told[] = [];
  for await (const batch of readRuns(await fileOf(bytes), { from: 0, to: bytes.length })) {
    for (const each of batch) {
      if (each instanceof RawLine) {
        told.push({ offset: each.offset, text: textOf(each.bytes) });
        continue;
      }
      const { buffer, start, end, offset, ...sum } = each;
      const lines = textOf(buffer.subarray(start, end)).split("\n");
      assertEquals(lines.pop(), "", "runs hold whole lines");
      assertEquals(sum, summed(lines), `the run at ${offset}`);
      onRun(each);
      let at = offset;
      for (const text of lines) {
        told.push({ offset: at, text });
        at += bytesOf(text).length + 1;
      }
    }
  }
  return told;
}

Deno.test("readRuns() tells what readLines() tells, and runs say what their lines do", async () => {
  let linesInRuns = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    const bytes = bytesOf(mixedLines(random, 1 + random.below(2000)));
    const told = await toldInRuns(bytes, ({ lines }) => linesInRuns += lines);
    assertEquals(told, await toldOneByOne(bytes), `seed ${seed}`);
  }
  assert(linesInRuns > 10_000, `${linesInRuns} lines stood in runs`);
});

for (const [name, content] of hardContents()) {
  Deno.test(`readRuns() tells the lines of a file with ${name} as readLines() does`, async () => {
    assertEquals(await toldInRuns(content), await toldOneByOne(content));
  });
}

Deno.test("a run takes no line with any bit flipped", async () => {
  const line = bytesOf(`${eventLine(7)}\n`);
  for (let bit = 0; bit < (line.length - 1) * 8; bit++) {
    const flipped = line.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    for await (const batch of readRuns(await fileOf(flipped), { from: 0, to: flipped.length })) {
      assert(batch.every((each) => each instanceof RawLine), `bit ${bit} of ${textOf(flipped)}`);
    }
  }
});
