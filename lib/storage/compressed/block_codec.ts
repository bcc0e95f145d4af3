/**
 * How the blocks of a compressed segment are written, so that `zcat` and `zstd -dc` read them too.
 *
 * With gzip a block is a member whose header says in an extra field how long it is; with zstd it is a
 * frame behind a skippable frame that says so. Both verify what they hold.
 *
 * @module
 */

import { crc32, zlib } from "../late_modules.ts";
import { PapyraError } from "../../errors.ts";
import type { Compression } from "../../model/compression.ts";

/** One way of compressing blocks. */
export interface BlockCodec {
  /** Its name. */
  readonly compression: Compression;
  /** The bytes that every header of a block begins with. */
  readonly prefix: Uint8Array;
  /** The body of the block without content that ends a file. */
  readonly endBody: Uint8Array;
  /** Makes the body of a block. */
  compress(content: Uint8Array): Uint8Array;
  /** The content of a body, at most `length` bytes of it. Throws where the body does not hold that. */
  decompress(body: Uint8Array, length: number): Uint8Array;
}

/** What cannot be compressed takes a little more than itself. */
export const BODY_MARGIN_BYTES = 16 * 1024;

const GZIP_TRAILER_BYTES = 8;
// Less is no chunk to zlib.
const CHUNK_MARGIN_BYTES = 64;

const GZIP: BlockCodec = {
  compression: "gzip",
  // Deflate, with an extra field and nothing else; 24 bytes of it, 20 of them ours under the name "PY".
  prefix: new Uint8Array([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 24, 0, 0x50, 0x59, 20, 0]),
  endBody: new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  compress(content) {
    const deflated = zlib().deflateRawSync(content, {
      chunkSize: Math.floor(content.length / 2) + CHUNK_MARGIN_BYTES,
    });
    const body = new Uint8Array(deflated.length + GZIP_TRAILER_BYTES);
    body.set(deflated);
    const trailer = new DataView(body.buffer, deflated.length);
    trailer.setUint32(0, crc32(content), true);
    trailer.setUint32(4, content.length, true);
    return body;
  },
  decompress(body, length) {
    const end = Math.max(0, body.length - GZIP_TRAILER_BYTES);
    const content = zlib().inflateRawSync(body.subarray(0, end), inOneChunk(length));
    const trailer = new DataView(body.buffer, body.byteOffset + end);
    if (trailer.getUint32(0, true) !== crc32(content)) throw new Error("incorrect data check");
    if (trailer.getUint32(4, true) !== content.length) throw new Error("incorrect length check");
    return content;
  },
};

const ZSTD: BlockCodec = {
  compression: "zstd",
  // A skippable frame of 24 bytes, which begin with "PYRA".
  prefix: new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 24, 0, 0, 0, 0x50, 0x59, 0x52, 0x41]),
  endBody: new Uint8Array(0),
  compress(content) {
    // With its length given, the frame says how long its content is.
    const options = {
      params: { [zlib().constants.ZSTD_c_checksumFlag]: 1 },
      pledgedSrcSize: content.length,
      // Where a frame needs a second chunk, Deno 2.9 puts an empty frame behind it.
      chunkSize: content.length + BODY_MARGIN_BYTES,
    };
    return zlib().zstdCompressSync(content, options);
  },
  decompress: (body, length) => zlib().zstdDecompressSync(body, inOneChunk(length)),
};

// Many chunks that are joined afterwards take the memory twice.
function inOneChunk(length: number) {
  return { maxOutputLength: length, chunkSize: length + CHUNK_MARGIN_BYTES };
}

/** The codec of this name. Throws UNSUPPORTED where the runtime lacks it. */
export function codecOf(compression: Compression): BlockCodec {
  if (compression === "gzip") return GZIP;
  if (typeof zlib().zstdDecompressSync === "function") return ZSTD;
  throw new PapyraError(
    "UNSUPPORTED",
    "Cannot use zstd: this runtime has none; use the executable, Deno 2.9, Bun 1.4, Node 22.15 or later, or gzip",
  );
}
