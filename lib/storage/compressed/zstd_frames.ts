/**
 * Finds where the frames of a Zstandard file begin and end, as RFC 8878 lays them out.
 *
 * @module
 */

import type { ByteRange } from "../byte_range.ts";
import type { OpenFile } from "../file_system.ts";

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const MAGIC_BYTES = 4;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const BLOCK_HEADER_BYTES = 3;
const RUN_BLOCK = 1;
const CHECKSUM_BYTES = 4;

/** Where a frame stands. */
export interface ZstdFrame extends ByteRange {
  /** How much it holds, as it says; null where it does not say. */
  readonly contentBytes: number | null;
}

/** Yields the frames that hold content. Throws where a file is damaged or cut off. */
export async function* zstdFrames(file: OpenFile): AsyncGenerator<ZstdFrame> {
  const { size } = file.stat();
  if (size === 0) throw new Error("unexpected end of file");
  for (let at = 0; at < size;) {
    const magic = await uintAt(file, at, MAGIC_BYTES);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
      at += 2 * MAGIC_BYTES + await uintAt(file, at + MAGIC_BYTES, MAGIC_BYTES);
      if (at > size) throw new Error("unexpected end of file");
      continue;
    }
    if (magic !== FRAME_MAGIC) throw new Error(`no frame begins at byte ${at}`);
    const frame = await frameAt(file, at);
    if (frame.to > size) throw new Error("unexpected end of file");
    yield frame;
    at = frame.to;
  }
}

async function frameAt(file: OpenFile, from: number): Promise<ZstdFrame> {
  const descriptorAt = from + MAGIC_BYTES;
  const descriptor = await uintAt(file, descriptorAt, 1);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const sizeFlag = descriptor >>> 6;
  const contentSizeBytes = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!;
  const windowBytes = isSingleSegment ? 0 : 1;
  let at = descriptorAt + 1 + windowBytes + DICTIONARY_ID_BYTES[descriptor & 3]!;
  const contentBytes = await contentBytesAt(file, at, contentSizeBytes);
  at += contentSizeBytes;
  for (let isLast = false; !isLast;) {
    const header = await uintAt(file, at, BLOCK_HEADER_BYTES);
    isLast = (header & 1) !== 0;
    const isRun = (header >>> 1 & 3) === RUN_BLOCK;
    at += BLOCK_HEADER_BYTES + (isRun ? 1 : header >>> 3);
  }
  return { from, to: at + (hasChecksum ? CHECKSUM_BYTES : 0), contentBytes };
}

async function contentBytesAt(
  file: OpenFile,
  at: number,
  byteCount: number,
): Promise<number | null> {
  if (byteCount === 0) return null;
  // More than fits into four bytes is more than anybody reads.
  if (byteCount === 8 && await uintAt(file, at + 4, 4) > 0) return Infinity;
  return await uintAt(file, at, Math.min(byteCount, 4)) + (byteCount === 2 ? 256 : 0);
}

async function uintAt(file: OpenFile, at: number, byteCount: number): Promise<number> {
  const bytes = new Uint8Array(4);
  const count = await file.read(bytes.subarray(0, byteCount), at);
  if (count < byteCount) throw new Error("unexpected end of file");
  return new DataView(bytes.buffer).getUint32(0, true);
}
