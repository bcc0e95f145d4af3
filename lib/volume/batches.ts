/**
 * Batches of lines that tell whether they are whole, whose they are, and which come first.
 *
 * @module
 */

const LINE_BYTES = 128;
const LINES_PER_BATCH = 32;

/** How long a batch is: what some busy actors write at the same time. */
export const BATCH_BYTES = LINE_BYTES * LINES_PER_BATCH;

/** What a file of batches holds. */
export interface BatchesFound {
  /** Whole batches of each writer, from its first on. */
  readonly counts: ReadonlyMap<number, number>;
  /** How often one writer followed another. */
  readonly turns: number;
  /** Bytes at the end that are the beginning of a batch. */
  readonly tailBytes: number;
  /** What is wrong with the file, and where; null where nothing is. */
  readonly fault: string | null;
}

/** One batch. */
export function batchText(writer: number, index: number): string {
  let text = "";
  for (let line = 0; line < LINES_PER_BATCH; line++) {
    text += `${`w${writer} b${index} l${line} `.padEnd(LINE_BYTES - 1, "x")}\n`;
  }
  return text;
}

/** One batch, to be written. */
export function batchBytes(writer: number, index: number): Uint8Array {
  return new TextEncoder().encode(batchText(writer, index));
}

/** Reads a file of batches up to the first place that is not as it was written. */
export function readBatches(text: string): BatchesFound {
  const counts = new Map<number, number>();
  let turns = 0;
  let last: number | null = null;
  const found = (tailBytes: number, fault: string | null) => ({ counts, turns, tailBytes, fault });
  for (let at = 0; at < text.length; at += BATCH_BYTES) {
    const rest = text.slice(at, at + BATCH_BYTES);
    const header = /^w(\d+) b(\d+) /.exec(rest);
    const [writer, index] = [Number(header?.[1]), Number(header?.[2])];
    const expected = header === null ? "" : batchText(writer, index);
    if (rest !== expected) {
      const isTail = expected.startsWith(rest) || (header === null && /^[wb\d ]{1,20}$/.test(rest));
      return isTail
        ? found(rest.length, null)
        : found(0, `bytes that are not one batch begin at byte ${at}`);
    }
    const count = counts.get(writer) ?? 0;
    if (index !== count) {
      return found(0, `batch ${index} of writer ${writer} follows ${count} others, at byte ${at}`);
    }
    counts.set(writer, count + 1);
    if (last !== null && last !== writer) turns++;
    last = writer;
  }
  return found(0, null);
}
