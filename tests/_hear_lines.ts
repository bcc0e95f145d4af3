/**
 * What a process says, line by line.
 *
 * @module
 */

/** Calls `onLine` for every whole line; what a killed process had not finished saying was not said. */
export async function hearLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(onLine);
  }
}
