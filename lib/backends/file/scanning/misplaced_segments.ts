/**
 * Sealed segments whose names do not say what is in them, as a hand that renames files leaves them.
 *
 * @module
 */

import { join } from "node:path";
import type { Compression } from "../../../model/compression.ts";
import type { Bounds } from "../../../model/report.ts";
import { segmentName } from "../../../storage/part_names.ts";
import type { AnomalyCollector } from "../../../backend/anomaly_collector.ts";
import type { FileStore } from "../store/file_store.ts";
import type { ScannedPart } from "./line_anomalies.ts";

/** A sealed segment that has numbers. */
interface NumberedSegment {
  readonly path: string;
  readonly compression: Compression | null;
  /** Where it begins when the store's files are laid end to end. */
  readonly base: number;
  /** The first number by its name. */
  readonly from: number;
  /** The first number of the next segment, by that one's name. */
  readonly nextFrom: number;
  /** The numbers in it. */
  readonly seqs: Bounds;
}

/** Reports each segment all of whose numbers, or the first, belong elsewhere by the files' names. */
export function reportMisplaced(
  { paths }: FileStore,
  parts: readonly ScannedPart[],
  anomalies: AnomalyCollector,
): void {
  for (const { path, base, compression, from, nextFrom, seqs } of numberedSegments(parts)) {
    const { min, max } = seqs;
    if (min >= from && min < nextFrom) continue;
    const place = min < from
      ? `its name says from ${from} on`
      : `the next file begins with ${nextFrom}`;
    const name = join(paths.directory, segmentName(paths.name, min, compression));
    anomalies.add({
      code: "UNEXPECTED_FILE",
      file: path,
      position: base,
      reason: `it holds records ${min} to ${max}, but ${place}; reads by number may miss records`,
      next:
        `if it was renamed, name it "${name}"; if it is no part of the store, move it elsewhere`,
    });
  }
}

function numberedSegments(parts: readonly ScannedPart[]): NumberedSegment[] {
  return parts.flatMap(({ part: { path, base, compression, firstSeq }, summary }, index) => {
    const { seqs } = summary.counts;
    if (firstSeq === null || seqs === null) return [];
    const nextFrom = parts[index + 1]?.part.firstSeq ?? Infinity;
    return [{ path, base, compression, from: firstSeq, nextFrom, seqs }];
  });
}
