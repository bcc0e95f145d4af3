/**
 * What the end of a file says about where to go on writing.
 *
 * @module
 */

import { readLinesBackward } from "./backward_reader.ts";
import { decodeCheckpoint, isNewerFormat } from "./checkpoint.ts";
import type { OpenFile } from "./file_system.ts";
import { CHECKPOINT_KIND, NEWLINE } from "./format.ts";
import { classifyLine, valueOf } from "./line_classifier.ts";
import type { RawLine } from "./line_scanner.ts";
import { PapyraError } from "../errors.ts";

/** Where to go on writing. */
export interface Tail {
  /** The largest sequence number that the end of the file shows; 0 where there is none. */
  readonly lastSeq: number;
  /** Whether the last line lacks its newline. */
  readonly isOpen: boolean;
}

// No record of ours is shorter: a damaged stretch cannot hold more of them than this allows.
const RECORD_BYTES_MIN = 60;

/**
 * Looks at the end of `file`, which is `size` bytes long.
 *
 * Damaged lines count as records, because they may be acknowledged ones. Throws UNSUPPORTED_VERSION
 * where a newer version left its checkpoint.
 */
export async function readTail(file: OpenFile, size: number): Promise<Tail> {
  const damage = { lines: 0, bytes: 0, seqs: [] as number[] };
  let lastSeq: number | null = null;
  for await (const lines of readLinesBackward(file, { from: 0, to: size })) {
    // The whole batch is looked at: lines may have been put into another order.
    for (const line of lines) {
      const seq = seqShownBy(line, file.path);
      if (seq !== null) lastSeq = Math.max(lastSeq ?? 0, seq);
      else if (lastSeq === null) noteDamage(line, damage);
    }
    if (lastSeq !== null) break;
  }
  const known = lastSeq ?? 0;
  const plausible = known + damage.lines + Math.ceil(damage.bytes / RECORD_BYTES_MIN);
  const shown = damage.seqs.filter((seq) => seq <= plausible);
  return {
    lastSeq: Math.max(known + damage.lines, ...shown),
    isOpen: !await endsWithNewline(file, size),
  };
}

function seqShownBy(line: RawLine, path: string): number | null {
  if (line.isOversized) return null;
  const verdict = classifyLine(line.bytes, line.offset === 0);
  if (verdict.kind === CHECKPOINT_KIND) {
    const value = valueOf(line.bytes, verdict);
    const checkpoint = value && decodeCheckpoint(value);
    if (checkpoint && isNewerFormat(checkpoint)) throw newerFormat(path, checkpoint.version);
    return checkpoint?.to ?? null;
  }
  return verdict.state === "damaged" ? null : verdict.seq;
}

function noteDamage(
  line: RawLine,
  damage: { lines: number; bytes: number; seqs: number[] },
): void {
  const verdict = line.isOversized ? null : classifyLine(line.bytes, line.offset === 0);
  if (verdict !== null && verdict.state !== "damaged") return;
  damage.lines++;
  damage.bytes += line.length;
  if (verdict?.seq) damage.seqs.push(verdict.seq);
}

/** Whether the last of `size` bytes is a newline; an empty file counts as ended. */
export async function endsWithNewline(file: OpenFile, size: number): Promise<boolean> {
  if (size === 0) return true;
  const last = new Uint8Array(1);
  await file.read(last, size - 1);
  return last[0] === NEWLINE;
}

/** The error for a store that only a newer version may change. */
export function newerFormat(path: string, version: number): PapyraError {
  return new PapyraError(
    "UNSUPPORTED_VERSION",
    `Cannot change "${path}": its format is version ${version}, newer than this program; use a newer papyra`,
    { file: path },
  );
}
