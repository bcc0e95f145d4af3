/** Stores in small segments. */

import { basename, join } from "node:path";
import {
  type RotatingFileOptions,
  RotatingFilePersistence,
} from "../../../lib/backends/file/rotating_file_persistence.ts";
import { NOW, type StoreStage } from "./_stores.ts";

/** Opens the store of a stage as a rotating one; the caller closes it. */
export function openRotating(
  { path }: StoreStage,
  options: RotatingFileOptions = {},
): RotatingFilePersistence {
  return new RotatingFilePersistence(path, { clock: () => NOW, ...options });
}

/** Records `count` events, ten to a segment, the n-th at second n. */
export async function writeSegments(
  stage: StoreStage,
  count: number,
  options: RotatingFileOptions = {},
): Promise<void> {
  await using store = openRotating(stage, { maxRecords: 10, durability: "os", ...options });
  for (let n = 1; n <= count; n++) {
    await store.recordEvent({ timestamp: n, eventType: `E${n}`, payload: { n } });
  }
}

/** The path of the segment that begins with record `firstSeq`. */
export function segmentPath({ path }: StoreStage, firstSeq: number): string {
  return `${path}.${String(firstSeq).padStart(16, "0")}`;
}

/** The path of a segment's summary. */
export function summaryPath(stage: StoreStage, firstSeq: number): string {
  return join(stage.sidecar, "segments", `${basename(segmentPath(stage, firstSeq))}.json`);
}

/** The first sequence numbers that the names of a store's segments tell. */
export function segmentsOf({ directory }: StoreStage): number[] {
  return [...Deno.readDirSync(directory)]
    .map(({ name }) => /\.(\d{16})$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((one, other) => one - other);
}
