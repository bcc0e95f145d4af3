import { Output } from "../../../lib/cli/output.ts";
import { type Column, TableWriter } from "../../../lib/cli/printers/table_writer.ts";
import { textWidth } from "../../../lib/cli/printers/text_width.ts";
import { assert, assertEquals } from "../../_assert.ts";
import { KeptStream } from "../_terminal.ts";

type Row = readonly [number: string, name: string, rest: string];

const COLUMNS: readonly Column<Row>[] = [
  { title: "N", isNumber: true, mayBeCut: false, cell: ([number]) => number },
  { title: "NAME", isNumber: false, mayBeCut: true, cell: ([, name]) => name },
  { title: "REST", isNumber: false, mayBeCut: true, cell: ([, , rest]) => rest },
];

/** A table that is being written, and what was printed of it so far. */
function tableOf(widthMax: number, columns = COLUMNS) {
  const stream = new KeptStream();
  const output = new Output(stream, "stop", new AbortController().signal);
  const writer = new TableWriter(output, columns, widthMax);
  const lines = async () => {
    await output.flush();
    return stream.text.split("\n").slice(0, -1);
  };
  const write = async (rows: readonly Row[]) => {
    for (const row of rows) await writer.item(row);
  };
  return { writer, write, lines };
}

async function linesOf(rows: readonly Row[], widthMax = Infinity): Promise<string[]> {
  const { writer, write, lines } = tableOf(widthMax);
  await write(rows);
  await writer.settle();
  return await lines();
}

Deno.test("a table has its columns aligned under a head, and no blanks at the end of a line", async () => {
  assertEquals(await linesOf([["1", "one", "x"], ["20", "漢字", ""], ["3", "four score", "{}"]]), [
    " N  NAME        REST",
    " 1  one         x",
    "20  漢字",
    " 3  four score  {}",
  ]);
  assertEquals(await linesOf([]), []);
});

Deno.test("a column of numbers at the end is aligned too", async () => {
  const { writer, write, lines } = tableOf(Infinity, [COLUMNS[1]!, COLUMNS[0]!]);
  await write([["1", "a", ""], ["100", "b", ""]]);
  await writer.settle();
  assertEquals(await lines(), ["NAME    N", "a       1", "b     100"]);
});

Deno.test("nothing is cut where there is no terminal", async () => {
  const long = "x".repeat(500);
  const [, first, second] = await linesOf([["1", long, long], ["2", "short", "end"]]);
  assertEquals(first, `1  ${long}  ${long}`);
  // The long cell shifts its own row only, beyond a width that eyes can follow.
  assertEquals(second, `2  short${" ".repeat(55)}  end`);
});

Deno.test("on a terminal every line fits, and numbers stay whole", async () => {
  const long = "漢".repeat(50);
  const evil = "\x1b[2J\n\u202e".repeat(20);
  const rows: Row[] = [["12345", "name", long], ["7", long, evil], ["8", evil, long]];
  for (let width = 20; width <= 130; width++) {
    for (const [index, line] of (await linesOf(rows, width)).entries()) {
      assert(textWidth(line) <= width, `${width}: ${line}`);
      const number = ["N", "12345", "7", "8"][index]!;
      assert(line.startsWith(`${number.padStart(5)}  `), line);
    }
  }
  for (let width = 1; width < 20; width++) {
    for (const line of await linesOf(rows, width)) assert(textWidth(line) <= width);
  }
});

Deno.test("a cut cell ends in an ellipsis", async () => {
  assertEquals(await linesOf([["1", "abcdefghijkl", "abcdefghijkl"]], 21), [
    "N  NAME      REST",
    "1  abcdefg…  abcdefg…",
  ]);
});

Deno.test("rows are printed once enough of them tell the widths", async () => {
  const { write, lines } = tableOf(Infinity);
  const rows = Array.from({ length: 100 }, (_, index): Row => [String(index), "a", "b"]);
  await write(rows.slice(0, 99));
  assertEquals(await lines(), []);
  await write(rows.slice(99));
  assertEquals((await lines()).length, 101);
  await write(rows);
  assertEquals((await lines()).length, 201);
});

Deno.test("long rows are not held back in numbers", async () => {
  const { write, lines } = tableOf(Infinity);
  await write([["1", "a", "x".repeat(70_000)]]);
  assertEquals((await lines()).length, 2);
});

Deno.test("what is held back can be had at any time, under one head", async () => {
  const { writer, write, lines } = tableOf(Infinity);
  await write([["1", "a", "b"]]);
  await writer.settle();
  assertEquals(await lines(), ["N  NAME  REST", "1  a     b"]);
  await writer.settle();
  await write([["2", "a", "b"]]);
  assertEquals((await lines()).slice(2), ["2  a     b"]);
});

Deno.test("a later row that is wider makes its columns wider from there on", async () => {
  for (const width of [Infinity, 40]) {
    const { writer, write, lines } = tableOf(width);
    await write([["1", "a", "b"]]);
    await writer.settle();
    await write([["20", "longer", "b"], ["3", "c", "d"]]);
    assertEquals((await lines()).slice(1), ["1  a     b", "20  longer  b", " 3  c       d"]);
  }
});

Deno.test("a cell can neither drive the terminal nor forge a line", async () => {
  const [, line] = await linesOf([["1", "a\x1b[2J\nb", "\u202ec\td"]]);
  assertEquals(line, "1  a\\x1b[2J\\nb  \\u202ec\\td");
});
