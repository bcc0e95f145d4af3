/**
 * Reading lines of a file in memory, and the plainest way to know what has to come out.
 *
 * @module
 */

import type { ByteRange } from "../../lib/storage/byte_range.ts";
import type { OpenFile } from "../../lib/storage/file_system.ts";
import { LINE_BYTES_MAX, NEWLINE } from "../../lib/storage/format.ts";
import type { RawLine } from "../../lib/storage/lines/raw_line.ts";
import { MemoryFileSystem } from "./memory_file_system.ts";

/** Opens a file of that content. */
export async function fileOf(content: Uint8Array): Promise<OpenFile> {
  const fileSystem = new MemoryFileSystem();
  fileSystem.put("/file", content);
  return await fileSystem.open("/file", { access: "append" });
}

/** A line as tests compare it: its bytes are digested, so that a difference can be printed. */
export interface SeenLine {
  readonly offset: number;
  readonly length: number;
  readonly isTerminated: boolean;
  readonly isOversized: boolean;
  readonly content: string;
}

/** Takes a line down, before its bytes are gone. */
export function seen(line: Omit<RawLine, "buffer" | "start" | "end">): SeenLine {
  const { bytes, offset, length, isTerminated, isOversized } = line;
  const rest = { offset, length, isTerminated, isOversized };
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 40));
  return { ...rest, content: `${bytes.length} bytes, ${JSON.stringify(text)}` };
}

/** What has to come out of a range, from front to back. */
export function expectedLines(content: Uint8Array, range: ByteRange): SeenLine[] {
  const lines: SeenLine[] = [];
  for (let offset = range.from; offset < range.to;) {
    const newline = content.subarray(0, range.to).indexOf(NEWLINE, offset);
    const end = newline === -1 ? range.to : newline;
    const next = newline === -1 ? range.to : newline + 1;
    const isOversized = end - offset > LINE_BYTES_MAX;
    const bytes = isOversized ? new Uint8Array(0) : content.subarray(offset, end);
    const isTerminated = newline !== -1;
    lines.push(seen({ bytes, offset, length: next - offset, isTerminated, isOversized }));
    offset = next;
  }
  return lines;
}

/** Everything that a reader yields. */
export async function allLines(batches: AsyncIterable<readonly RawLine[]>): Promise<SeenLine[]> {
  const lines: SeenLine[] = [];
  for await (const batch of batches) {
    for (const line of batch) lines.push(seen(line));
  }
  return lines;
}

/** Contents of files that have hurt before, or might. */
export function hardContents(): [name: string, content: Uint8Array][] {
  const filled = (...parts: readonly (number | string)[]): Uint8Array => {
    const pieces = parts.map((part) =>
      typeof part === "string" ? new TextEncoder().encode(part) : new Uint8Array(part).fill(0x61)
    );
    const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  };
  const KIB = 1024;
  return [
    ["nothing", filled()],
    ["one newline", filled("\n")],
    ["newlines only", filled("\n".repeat(70 * KIB))],
    ["one byte", filled("x")],
    ["no newline at the end", filled("a\nb")],
    ["lines that end where chunks do", filled(64 * KIB - 1, "\n", 64 * KIB - 1, "\n", KIB * KIB)],
    ["lines that end behind chunks", filled(64 * KIB, "\n", 128 * KIB, "\n", KIB * KIB, "\n")],
    ["a line of chunk size from the end", filled("a\n", 64 * KIB - 1, "\n")],
    ["the longest line", filled("a\n", LINE_BYTES_MAX, "\nb\n")],
    ["the longest line at the end", filled("a\n", LINE_BYTES_MAX)],
    ["a line one byte too long", filled("a\n", LINE_BYTES_MAX + 1, "\nb\n")],
    ["a line one byte too long at the end", filled("a\n", LINE_BYTES_MAX + 1)],
    ["a line one byte too long alone", filled(LINE_BYTES_MAX + 1, "\n")],
    ["two oversized lines", filled(LINE_BYTES_MAX * 1.5, "\n", LINE_BYTES_MAX * 2, "\n\nb")],
  ];
}

/** Random lines of all lengths. */
export function randomContent(random: () => number): Uint8Array {
  const size = Math.floor(random() ** 3 * 1_000_000);
  const newlineChance = random() ** 6 / 8;
  const content = new Uint8Array(size);
  for (let index = 0; index < size; index++) {
    content[index] = random() < newlineChance ? NEWLINE : 0x20 + index % 64;
  }
  return content;
}
