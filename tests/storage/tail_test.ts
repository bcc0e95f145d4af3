import { PapyraError } from "../../lib/errors.ts";
import { encodeCheckpoint } from "../../lib/storage/lines/checkpoint.ts";
import { endsWithNewline, readTail } from "../../lib/storage/tail.ts";
import { assertEquals, assertRejects } from "../_assert.ts";
import { fileOf } from "./line_reading.ts";
import { bytesOf, eventLine, foreignLine, pythonDumps } from "./lines.ts";

async function tailOf(content: string): Promise<readonly [lastSeq: number, isOpen: boolean]> {
  const bytes = bytesOf(content);
  const { lastSeq, isOpen } = await readTail(await fileOf(bytes), bytes.length);
  return [lastSeq, isOpen];
}

function checkpointLine(to: number, version = 1): string {
  return encodeCheckpoint({ version, from: 1, to, count: 0, seqsCrc: 0, foreign: 0 }, 1);
}

const FIVE = `${eventLine(5)}\n`;
const BAD = eventLine(6).replace("Started", "Stopped");

const TAILS:
  readonly (readonly [name: string, content: string, lastSeq: number, isOpen: boolean])[] = [
    ["nothing", "", 0, false],
    ["newlines", "\n\n\n", 0, false],
    ["an intact record", FIVE, 5, false],
    ["an intact record without its newline", FIVE.trimEnd(), 5, true],
    ["lines of the original only", `${foreignLine(1)}\n${foreignLine(2)}\n`, 0, false],
    ["lines of the original behind a record", `${FIVE}${foreignLine(1)}\n`, 5, false],
    ["a rewritten record", `${FIVE}${pythonDumps(JSON.parse(eventLine(6)))}\n`, 6, false],
    ["a torn record, which counts", `${FIVE}${eventLine(6).slice(0, 50)}`, 6, true],
    ["a damaged record, which counts", `${FIVE}${BAD}\n`, 6, false],
    ["three damaged records", `${FIVE}${BAD}\n${BAD}\n${BAD}\n`, 8, false],
    ["a damaged record with a plausible number", `${FIVE}junk ${BAD}\n`, 6, false],
    [
      "a damaged record with an absurd number",
      `${FIVE}${eventLine(9_999_999).replace("Started", "Stopped")}\n`,
      6,
      false,
    ],
    ["damage before the last record", `${BAD}\n${FIVE}`, 5, false],
    ["numbers in another order", `${eventLine(7)}\n${FIVE}`, 7, false],
    ["a checkpoint", `${FIVE}${checkpointLine(40)}\n`, 40, false],
    ["a record behind a checkpoint", `${checkpointLine(40)}\n${eventLine(41)}\n`, 41, false],
    ["a checkpoint alone", checkpointLine(40), 40, true],
    ["NULs, which may have been a record", `${FIVE}\0\0\0\0`, 6, true],
    [
      "a record glued behind a torn one",
      `${FIVE}${eventLine(6).slice(0, 50)}${eventLine(7)}\n`,
      7,
      false,
    ],
    ["two records glued together", `${FIVE}${eventLine(6)}${eventLine(7)}\n`, 7, false],
    ["two records and NULs glued together", `${FIVE}${eventLine(6)}${eventLine(7)}\0\0`, 8, true],
    ["scalars", `${FIVE}42\n`, 6, false],
  ];

for (const [name, content, lastSeq, isOpen] of TAILS) {
  Deno.test(`readTail() goes on behind ${name}`, async () => {
    assertEquals(await tailOf(content), [lastSeq, isOpen]);
  });
}

Deno.test("readTail() finds the last record behind any number of foreign lines", async () => {
  const foreign = `${foreignLine(1)}\n`.repeat(20_000);
  assertEquals(await tailOf(`${eventLine(3)}\n${foreign}`), [3, false]);
});

Deno.test("readTail() gets along with any number of damaged lines", async () => {
  const damaged = Array.from({ length: 200_000 }, (_, index) => `x${eventLine(index + 1)}\n`).join(
    "",
  );
  assertEquals(await tailOf(damaged), [200_000, false]);
});

Deno.test("readTail() counts an oversized line as damage, and does not hold it", async () => {
  assertEquals(await tailOf(`${FIVE}${"x".repeat(17 * 1024 * 1024)}`), [6, true]);
});

Deno.test("readTail() refuses a file that a newer version changed", async () => {
  const content = `${checkpointLine(3, 2)}\n`;
  const error = await assertRejects(() => tailOf(content), PapyraError);
  assertEquals(error.code, "UNSUPPORTED_VERSION");
});

Deno.test("endsWithNewline() looks at the last byte of a size", async () => {
  const file = await fileOf(bytesOf("a\nb"));
  for (const [size, expected] of [[0, true], [1, false], [2, true], [3, false]] as const) {
    assertEquals(await endsWithNewline(file, size), expected);
  }
});
