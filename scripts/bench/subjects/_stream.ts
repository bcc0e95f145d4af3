/**
 * Feeds a stream of lines, no faster than it takes them.
 *
 * @module
 */

import { type EventEmitter, once } from "node:events";

/** As much of a stream as this takes. */
interface LineStream extends EventEmitter {
  write(line: string): boolean;
  end(): void;
}

/** Writes lines to `stream`, ends it, and waits until it has written all of them. */
export async function writeLines(
  stream: LineStream,
  count: number,
  lineOf: (index: number) => string,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    if (!stream.write(`${lineOf(index)}\n`)) await once(stream, "drain");
  }
  const finished = once(stream, "finish");
  stream.end();
  await finished;
}
