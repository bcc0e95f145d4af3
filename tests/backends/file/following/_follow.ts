/**
 * What tests of following share.
 *
 * @module
 */

import { JsonFilePersistence } from "../../../../mod.ts";
import { recordsOf } from "../../../../lib/testing/samples.ts";

/** Records events as another process would, with an opening of its own. */
export async function record(path: string, count: number): Promise<void> {
  await using writer = new JsonFilePersistence(path);
  await writer.recordMany(recordsOf("event", count));
}

/** The numbers from one to another. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Waits until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
