/**
 * Reads a file's lines from front to back, in bounded memory whatever the lines are.
 *
 * @module
 */

import { throwIfAborted } from "../../errors.ts";
import type { ByteRange } from "../byte_range.ts";
import { restContent } from "../compressed/compressed_file.ts";
import type { ReadableFile } from "../file_system.ts";
import { ForwardWindow, type ReadRun } from "./forward_window.ts";
import { giveRunKernel, takeRunKernel } from "./kernel/run_kernel.ts";
import { type PlainRun, PlainRunReader } from "./plain_run.ts";
import type { RawLine } from "./raw_line.ts";
import { ReadAhead } from "./read_ahead.ts";

/** Sees bytes as they are read; the next ones wait for it. */
export type OnBytes = (bytes: Uint8Array) => void | Promise<void>;

/**
 * Yields the lines of `range` in batches. It must begin at the beginning of a line. A file that turns
 * out shorter ends the lines there. `onBytes` sees every byte once, in order, before its line is told.
 */
export function readLines(
  file: ReadableFile,
  range: ByteRange,
  signal?: AbortSignal,
  onBytes?: OnBytes,
): AsyncGenerator<readonly RawLine[]> {
  return readWindow(file, range, null, (window) => window.takeLines(), signal, onBytes);
}

/** Yields the same, with runs of plain lines in the place of these lines. */
export async function* readRuns(
  file: ReadableFile,
  range: ByteRange,
  signal?: AbortSignal,
  onBytes?: OnBytes,
): AsyncGenerator<readonly (RawLine | PlainRun)[]> {
  const kernel = takeRunKernel();
  const plain = new PlainRunReader();
  const readRun: ReadRun = (held, start, offset, searched) =>
    kernel?.read(held, start, offset) ?? plain.read(held, start, offset, searched);
  const take = (window: ForwardWindow) => window.takeRuns(readRun);
  try {
    yield* readWindow(file, range, kernel?.room ?? null, take, signal, onBytes);
  } finally {
    if (kernel !== null) giveRunKernel(kernel);
  }
}

async function* readWindow<T>(
  file: ReadableFile,
  range: ByteRange,
  room: Uint8Array<ArrayBuffer> | null,
  take: (window: ForwardWindow) => readonly T[],
  signal: AbortSignal | undefined,
  onBytes: OnBytes = () => {},
): AsyncGenerator<readonly T[]> {
  const window = new ForwardWindow(range, room);
  const reader = new ReadAhead(file, range);
  try {
    while (!window.isAtEnd) {
      throwIfAborted(signal);
      const chunk = await reader.next();
      await onBytes(chunk);
      window.extend(chunk);
      for (let taken = take(window); taken.length > 0; taken = take(window)) yield taken;
    }
  } finally {
    await reader.settle();
    window.release();
    restContent(file);
  }
}
