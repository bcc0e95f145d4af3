import type { ReadableFile } from "../../../lib/storage/file_system.ts";
import { giveRunKernel, takeRunKernel } from "../../../lib/storage/lines/kernel/run_kernel.ts";
import { readRuns } from "../../../lib/storage/lines/line_scanner.ts";
import type { PlainRun } from "../../../lib/storage/lines/plain_run.ts";
import { RawLine } from "../../../lib/storage/lines/raw_line.ts";
import { assert, assertEquals, assertRejects } from "../../_assert.ts";
import { Random } from "../../_random.ts";
import { diskError } from "../disk_error.ts";
import { fileOf } from "../line_reading.ts";
import { bytesOf, eventLine, textOf } from "../lines.ts";
import { mixedLines } from "./mixed_lines.ts";

type Batch = readonly (RawLine | PlainRun)[];

/** What a batch tells, as it stands in the file. */
function toldBy(batch: Batch): string {
  return batch.map((each) => {
    if (each instanceof RawLine) return textOf(each.bytes) + (each.isTerminated ? "\n" : "");
    return textOf(each.buffer.subarray(each.start, each.end));
  }).join("");
}

function eventLines(from: number, to: number, textBytes: number): string {
  const text = "x".repeat(textBytes);
  let lines = "";
  for (let seq = from; seq <= to; seq++) lines += `${eventLine(seq, { text })}\n`;
  return lines;
}

Deno.test("lines too long for the kernel's room are told, and what follows lies there again", async () => {
  const text = eventLines(1, 10, 1) + eventLines(11, 12, 700_000) + eventLines(13, 4000, 1) +
    eventLines(4001, 4001, 400_000) + eventLines(4002, 7000, 1);
  const bytes = bytesOf(text);
  const rooms: ArrayBufferLike[] = [];
  let told = "";
  for await (const batch of readRuns(await fileOf(bytes), { from: 0, to: bytes.length })) {
    for (const each of batch) {
      if (!(each instanceof RawLine)) rooms.push(each.buffer.buffer);
    }
    told += toldBy(batch);
  }
  assert(told === text);
  assert(rooms.some((room) => room !== rooms[0]), "something did not fit");
  assertEquals(rooms.at(-1), rooms[0]);
});

Deno.test("readRuns() tells any range of lines, whatever an earlier reading left in the room", async () => {
  const random = new Random(7);
  const text = eventLines(1, 3000, 1);
  const bytes = bytesOf(text);
  for (let round = 0; round < 20; round++) {
    const from = text.lastIndexOf("\n", random.below(text.length)) + 1;
    const to = from + random.below(text.length - from + 1);
    let told = "";
    for await (const batch of readRuns(await fileOf(bytes), { from, to })) told += toldBy(batch);
    assert(told === text.slice(from, to), `${from} to ${to}`);
  }
});

Deno.test("readings that take turns, or are left in the middle, do not touch each other", async () => {
  const texts = [1, 2, 3, 4, 5, 6].map((seed) => mixedLines(new Random(seed), 2000));
  const told = texts.map(() => "");
  const readings = await Promise.all(texts.map(async (text) => {
    const bytes = bytesOf(text);
    return readRuns(await fileOf(bytes), { from: 0, to: bytes.length });
  }));
  let left = readings;
  for (let turn = 0; left.length > 0; turn++) {
    const results = await Promise.all(left.map((reading) => reading.next()));
    // A batch is valid until the next one of its own reading.
    results.forEach(({ value, done }, index) => {
      if (!done) told[readings.indexOf(left[index]!)] += toldBy(value);
    });
    left = left.filter((_, index) => !results[index]!.done);
    if (turn === 1) await readings[1]!.return(undefined);
    // Nobody ever asks for the rest of the first.
    if (turn === 1) left = left.filter((reading) => reading !== readings[0]);
  }
  texts.forEach((text, index) => {
    if (index > 1) assert(told[index] === text, `reading ${index}`);
    else assert(text.startsWith(told[index]!) && told[index] !== "", `reading ${index}`);
  });
});

Deno.test("a reading that fails, or is stopped, gives its kernel back", async () => {
  const bytes = bytesOf(eventLines(1, 6000, 1));
  const whole = await fileOf(bytes);
  const failing: ReadableFile = {
    path: whole.path,
    stat: () => whole.stat(),
    read: (buffer, at) => at > 0 ? Promise.reject(diskError("EIO")) : whole.read(buffer, at),
    close: () => whole.close(),
  };
  const kernel = takeRunKernel();
  assert(kernel !== null);
  giveRunKernel(kernel);
  const range = { from: 0, to: bytes.length };
  const assertNotSpare = () => {
    const other = takeRunKernel();
    assert(other !== null && other !== kernel);
  };
  const readAll = async (file: ReadableFile, signal?: AbortSignal) => {
    for await (const _ of readRuns(file, range, signal)) assertNotSpare();
  };
  await assertRejects(() => readAll(failing), Error, "EIO");
  assertEquals(takeRunKernel(), kernel);
  giveRunKernel(kernel);
  await assertRejects(() => readAll(whole, AbortSignal.abort()));
  assertEquals(takeRunKernel(), kernel);
  giveRunKernel(kernel);
});
