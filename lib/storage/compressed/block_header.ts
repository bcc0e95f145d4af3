/**
 * What stands before each block of a compressed segment: where its content belongs, and how long it is.
 *
 * | bytes            | what                                                |
 * | ---------------- | --------------------------------------------------- |
 * | the prefix       | what makes it a header to gzip or zstd, and ours    |
 * | 8, little-endian | where the content begins when all is decompressed   |
 * | 4                | the length of the body, which follows               |
 * | 4                | the length of the content; 0 in the last block only |
 * | 4                | CRC-32 of all bytes before                          |
 *
 * @module
 */

import { crc32 } from "../late_modules.ts";
import { type BlockCodec, BODY_MARGIN_BYTES } from "./block_codec.ts";

/** What a header says. */
export interface BlockHeader {
  /** Where the content begins when all is decompressed. */
  readonly offset: number;
  /** The length of the body. */
  readonly bodyBytes: number;
  /** The length of the content; 0 where the file ends here. */
  readonly length: number;
}

/** The longest content of a block. */
export const BLOCK_BYTES_MAX = 256 * 1024;
/** A file holds at most so many times its own bytes, so that nothing has to be believed about its size. */
export const RATIO_MAX = 1024;

const FIELD_BYTES = 16;
const CRC_BYTES = 4;

/** The longest that a block can be, its header included. */
export const WHOLE_BLOCK_BYTES_MAX = BLOCK_BYTES_MAX + BODY_MARGIN_BYTES;

/** Whether a body of so many bytes can hold a content of `length` bytes. */
export function canHold(codec: BlockCodec, bodyBytes: number, length: number): boolean {
  const wholeBytes = headerBytesOf(codec) + bodyBytes;
  return length <= BLOCK_BYTES_MAX && wholeBytes <= length + BODY_MARGIN_BYTES &&
    length <= RATIO_MAX * wholeBytes;
}

/** The length of a header. */
export function headerBytesOf({ prefix }: BlockCodec): number {
  return prefix.length + FIELD_BYTES + CRC_BYTES;
}

/** Writes a header. */
export function encodeHeader(codec: BlockCodec, header: BlockHeader): Uint8Array {
  const bytes = new Uint8Array(headerBytesOf(codec));
  const { prefix } = codec;
  bytes.set(prefix);
  const fields = new DataView(bytes.buffer, prefix.length);
  fields.setBigUint64(0, BigInt(header.offset), true);
  fields.setUint32(8, header.bodyBytes, true);
  fields.setUint32(12, header.length, true);
  fields.setUint32(FIELD_BYTES, crc32(bytes.subarray(0, -CRC_BYTES)), true);
  return bytes;
}

/** Reads the header that `bytes` begins with; null where that is none, or says what cannot be. */
export function parseHeader(codec: BlockCodec, bytes: Uint8Array): BlockHeader | null {
  const headerBytes = headerBytesOf(codec);
  const { prefix } = codec;
  if (bytes.length < headerBytes) return null;
  if (prefix.some((byte, index) => bytes[index] !== byte)) return null;
  const fields = new DataView(bytes.buffer, bytes.byteOffset + prefix.length);
  const crc = crc32(bytes.subarray(0, headerBytes - CRC_BYTES));
  if (fields.getUint32(FIELD_BYTES, true) !== crc) return null;
  const offset = Number(fields.getBigUint64(0, true));
  const bodyBytes = fields.getUint32(8, true);
  const length = fields.getUint32(12, true);
  const isPossible = Number.isSafeInteger(offset) && canHold(codec, bodyBytes, length);
  return isPossible ? { offset, bodyBytes, length } : null;
}
