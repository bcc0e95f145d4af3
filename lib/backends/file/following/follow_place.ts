/**
 * How far into a store's files a follower has read, and how it finds that place again.
 *
 * @module
 */

import { crc32 } from "../../../storage/late_modules.ts";
import type { FileIdentity, OpenFile } from "../../../storage/file_system.ts";
import { NEWLINE } from "../../../storage/format.ts";
import { valueOf } from "../../../storage/lines/line_classifier.ts";
import { isRecord } from "../store/line_record.ts";
import type { StoreLine } from "../store/store_lines.ts";

/** A place in a file. */
export interface FilePlace {
  /** The file. */
  readonly identity: FileIdentity;
  /** What was read ends here. */
  readonly end: number;
  /** The last bytes before that, as far as they are known: they tell a file that was rewritten. */
  readonly mark: Uint8Array;
}

/** A record that was seen, by which it is known again in another file. */
export interface SeenRecord {
  /** Its number; null where it has none. */
  readonly seq: number | null;
  /** CRC-32 of what it says, however that is written down. */
  readonly digest: number;
}

const MARK_BYTES = 32;

/** The place at `end` of a file of which nothing was read yet. */
export function placeAt(identity: FileIdentity, end: number): FilePlace {
  return { identity, end, mark: new Uint8Array(0) };
}

/** The place behind a line. */
export function placeBehind(identity: FileIdentity, line: StoreLine): FilePlace {
  const end = line.offset + line.length;
  const { bytes } = line;
  const mark = [...bytes.subarray(-MARK_BYTES), ...(line.isTerminated ? [NEWLINE] : [])];
  return { identity, end, mark: Uint8Array.from(bytes.length === 0 ? [] : mark) };
}

/** Whether `file`, which can be read up to `horizon`, is the place's and still the same before it. */
export function holdsPlace(file: OpenFile, { identity, end, mark }: FilePlace, horizon: number) {
  if (file.stat().identity !== identity || horizon < end) return false;
  const found = new Uint8Array(mark.length);
  const count = mark.length === 0 ? 0 : file.readNow(found, end - mark.length);
  return count === mark.length && found.every((byte, index) => byte === mark[index]);
}

/** What is remembered of a record. */
export function seenRecord({ bytes, verdict }: StoreLine): SeenRecord {
  return { seq: verdict.seq, digest: crc32(JSON.stringify(valueOf(bytes, verdict))) };
}

/** Whether a line says what the record said. */
export function isSeen(line: StoreLine, seen: SeenRecord | null): boolean {
  return seen !== null && seen.seq === line.verdict.seq && seen.digest === seenRecord(line).digest;
}

/** Whether a line is another record with the number of the one that was seen. */
export function isAnother(line: StoreLine, seen: SeenRecord | null): boolean {
  if (seen === null || seen.seq === null || !isRecord(line)) return false;
  return seen.seq === line.verdict.seq && !isSeen(line, seen);
}
