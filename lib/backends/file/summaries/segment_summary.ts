/**
 * What is known of a sealed segment without reading it: made from it once, and kept in the sidecar.
 *
 * A summary is a cache. It holds only for the very file that it was made from, as identity, size and
 * time of the last write tell, and losing it costs time, never a record.
 *
 * @module
 */

import { crc32 } from "../../../storage/late_modules.ts";
import type { FileStat } from "../../../storage/file_system.ts";
import type { LineCounts } from "../store/line_tally.ts";

/** A stretch of whole lines, and what to find there. */
export interface SegmentBlock {
  /** Where it begins. */
  readonly offset: number;
  /** The largest sequence number before it in the file; 0 where there is none. */
  readonly seqBefore: number;
  /** The smallest timestamp in it; Infinity where no line has one. */
  readonly oldest: number;
  /** The largest timestamp in it; -Infinity where no line has one. */
  readonly newest: number;
}

/** What a segment means for the check of the sequence numbers. */
export interface SegmentNumbers {
  /** The first number in it; null where it only says which were given to it. */
  readonly first: number | null;
  /** The first number that was given to it. */
  readonly from: number;
  /** The last number that was given to it. */
  readonly to: number;
  /** Whether a checkpoint says so, which explains what is missing in between. */
  readonly isExplained: boolean;
}

/** What is known of a segment. */
export interface SegmentSummary {
  /** What its lines come to. */
  readonly counts: LineCounts;
  /** Its bytes, not compressed. */
  readonly bytes: number;
  /** Its sequence numbers; null where it has none. */
  readonly numbers: SegmentNumbers | null;
  /** Its blocks, in order; together they cover it. */
  readonly blocks: readonly SegmentBlock[];
  /** When a scan last read all of it and found nothing to tell, Unix seconds; null where none did. */
  readonly verifiedAt: number | null;
}

const VERSION = 2;

/** A summary as text, for the file that `stat` describes. */
export function encodeSummary(summary: SegmentSummary, stat: FileStat): string {
  const content = JSON.stringify({
    version: VERSION,
    file: fingerprintOf(stat),
    counts: summary.counts,
    bytes: summary.bytes,
    numbers: summary.numbers,
    // Infinities are null in JSON.
    blocks: summary.blocks.map((b) => [b.offset, b.seqBefore, b.oldest, b.newest]),
    verified_at: summary.verifiedAt,
  });
  return `${checksumOf(content)} ${content}\n`;
}

/** Reads a summary; null where it is broken, of another version, or was made from another file. */
export function decodeSummary(text: string, stat: FileStat): SegmentSummary | null {
  const [, checksum, content] = /^([0-9a-f]{8}) (.*)\n$/s.exec(text) ?? [];
  if (content === undefined || checksumOf(content) !== checksum) return null;
  // What has the checksum was written by encodeSummary().
  const { version, file, blocks, verified_at, ...same } = JSON.parse(content) as Stored;
  if (version !== VERSION || file !== fingerprintOf(stat)) return null;
  const { counts, bytes, numbers } = same;
  return { counts, bytes, numbers, blocks: blocks.map(decodeBlock), verifiedAt: verified_at };
}

type StoredBlock = readonly [
  offset: number,
  seqBefore: number,
  oldest: number | null,
  newest: number | null,
];

interface Stored extends Pick<SegmentSummary, "counts" | "bytes" | "numbers"> {
  readonly version: number;
  readonly file: string;
  readonly blocks: readonly StoredBlock[];
  readonly verified_at: number | null;
}

function decodeBlock([offset, seqBefore, oldest, newest]: StoredBlock): SegmentBlock {
  return { offset, seqBefore, oldest: oldest ?? Infinity, newest: newest ?? -Infinity };
}

function fingerprintOf({ identity, size, modifiedMs }: FileStat): string {
  return `${identity} ${size} ${modifiedMs}`;
}

function checksumOf(content: string): string {
  return crc32(content).toString(16).padStart(8, "0");
}
