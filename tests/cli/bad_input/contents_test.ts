import { join } from "node:path";
import type { AnomalyCode } from "../../../lib/model/anomaly.ts";
import { assertEquals } from "../../_assert.ts";
import { cliTest, papyraOk } from "../_papyra.ts";
import { storeOf } from "../_stores.ts";
import { codesOf, listedNumbers, removedParts, scanOf, storedNumbers } from "./_observed.ts";

/** What becomes of the five lines of a store, and what is said of it. */
interface Content {
  readonly name: string;
  /** What is put in place of the store's bytes. */
  readonly change: (lines: readonly string[]) => string | Uint8Array;
  readonly found: readonly AnomalyCode[];
  /** The numbers of the events that can still be read. */
  readonly kept: readonly (number | null)[];
}

const TRICKY = ',"crc":"00000000"}';
const PYTHON = '{"kind": "event", "timestamp": NaN, "payload": {"a": NaN, "b": -Infinity}}';
const ALL = [1, 2, 3, 4, 5];

const CONTENTS: readonly Content[] = [
  { name: "nothing", change: () => "", found: ["SEQUENCE_GAP"], kept: [] },
  { name: "newlines only", change: () => "\n\n\n", found: ["SEQUENCE_GAP"], kept: [] },
  { name: "a payload that looks like an ending", change: asItIs, found: [], kept: ALL },
  {
    name: "a byte-order mark",
    change: (lines) => `\ufeff${whole(lines)}`,
    found: ["REWRITTEN_BY_OTHER_TOOL"],
    kept: ALL,
  },
  {
    name: "CRLF",
    change: (lines) => whole(lines).replaceAll("\n", "\r\n"),
    found: ["REWRITTEN_BY_OTHER_TOOL"],
    kept: ALL,
  },
  { name: "an intact line without its newline", change: cut(1), found: [], kept: ALL },
  { name: "a torn last line", change: cut(9), found: ["TRUNCATED_LINE"], kept: [1, 2, 3, 4] },
  {
    name: "NULs in the middle",
    change: (lines) => whole(lines.with(2, "\0".repeat(100))),
    found: ["NUL_PADDING"],
    kept: [1, 2, 4, 5],
  },
  {
    name: "NULs at the tail",
    change: (lines) => `${whole(lines)}${"\0".repeat(10_000)}`,
    found: ["NUL_PADDING"],
    kept: ALL,
  },
  {
    name: "binary junk in the middle",
    change: (lines) => withBytes(lines, 2, new Uint8Array(5000).map((_, index) => index * 7)),
    found: ["NUL_PADDING", "INVALID_UTF8"],
    kept: [1, 2, 4, 5],
  },
  {
    name: "invalid UTF-8",
    change: (lines) => withBytes(lines, 2, bytesOf(lines[2]!).with(40, 0xff)),
    found: ["INVALID_UTF8"],
    kept: [1, 2, 4, 5],
  },
  {
    name: "scalars and arrays",
    change: (lines) => whole([...lines, "42", '"text"', "null", "[1,2]", "{}"]),
    found: ["NOT_A_RECORD"],
    kept: ALL,
  },
  {
    name: "a torn record with a good one glued behind it",
    change: (lines) => whole([lines[0]!, lines[1]!.slice(0, 50) + lines[2]!, lines[3]!, lines[4]!]),
    found: ["PARTIAL_WRITE"],
    kept: [1, 3, 4, 5],
  },
  {
    name: "a line of Python with NaN",
    change: (lines) => whole([...lines, PYTHON]),
    found: ["NON_FINITE_NUMBER"],
    kept: [...ALL, null],
  },
  {
    name: "a line that was removed",
    change: (lines) => whole(lines.toSpliced(2, 1)),
    found: ["SEQUENCE_GAP"],
    kept: [1, 2, 4, 5],
  },
  {
    name: "a line that stands there twice",
    change: (lines) => whole(lines.toSpliced(3, 0, lines[2]!)),
    found: ["DUPLICATE_SEQUENCE"],
    kept: [1, 2, 3, 3, 4, 5],
  },
  {
    name: "lines in another order",
    change: (lines) => whole(lines.toReversed()),
    found: ["OUT_OF_ORDER_SEQUENCE"],
    kept: [5, 4, 3, 2, 1],
  },
];

for (const content of CONTENTS) {
  cliTest(`a store with ${content.name} loses nothing that is good`, async (directory) => {
    const path = await storeOf(directory, records());
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
    const changed = asBytes(content.change(lines));
    await Deno.writeFile(path, changed);
    await expectFound(path, content, changed);
    await expectWritable(path, changed, directory);
    await expectRecovered(path, content, changed);
  });
}

/** A scan tells it, a listing shows what is good, and both leave every byte alone. */
async function expectFound(path: string, { found, kept }: Content, changed: Uint8Array) {
  assertEquals(codesOf(await scanOf(path)), [...found].sort());
  assertEquals(await listedNumbers(path), [...kept]);
  assertEquals(await Deno.readFile(path), changed);
}

/** A write goes on behind it, on a line of its own, and removes nothing. */
async function expectWritable(path: string, changed: Uint8Array, directory: string) {
  const copy = join(directory, "copy.ndjson");
  await Deno.copyFile(path, copy);
  const before = await storedNumbers(copy);
  const seq = await papyraOk(["record", "event", "--type", "After", "--path", copy]);
  assertEquals(await storedNumbers(copy), [...before, Number(seq)]);
  assertEquals((await Deno.readFile(copy)).subarray(0, changed.length), changed);
}

/** A recovery leaves what is good, keeps what it takes away, and the next scan is healthy. */
async function expectRecovered(path: string, { kept }: Content, changed: Uint8Array) {
  const stdout = await papyraOk(["persistence", "recover", "--path", path, "--json"]);
  const { receipt, removed_bytes, before, after } = JSON.parse(stdout);
  assertEquals([receipt === null, after.healthy], [before.healthy, true]);
  const once = kept.filter((seq, index) => kept.indexOf(seq) === index);
  assertEquals(await storedNumbers(path), once);
  const parts = receipt === null ? [] : await removedParts(path);
  assertEquals(parts.reduce((sum, { bytes }) => sum + bytes.length, 0), removed_bytes);
  for (const { offset, bytes } of parts) {
    assertEquals(bytes, changed.slice(offset, offset + bytes.length));
  }
}

function records() {
  return ALL.map((n) => ({
    kind: "event",
    eventType: "Ticked",
    systemId: "örders",
    payload: { n, text: TRICKY },
  } as const));
}

function asItIs(lines: readonly string[]): string {
  return whole(lines);
}

function whole(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function cut(length: number): Content["change"] {
  return (lines) => bytesOf(whole(lines)).slice(0, -length);
}

function withBytes(lines: readonly string[], index: number, bytes: Uint8Array): Uint8Array {
  const [before, after] = [lines.slice(0, index), lines.slice(index + 1)];
  return new Uint8Array([...bytesOf(whole(before)), ...bytes, 0x0a, ...bytesOf(whole(after))]);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function asBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? bytesOf(content) : content;
}
