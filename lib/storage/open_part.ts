/**
 * Opens the files of a store to be read, whether they are compressed or not.
 *
 * @module
 */

import type { Compression } from "../model/compression.ts";
import { codecOf } from "./compressed/block_codec.ts";
import { BLOCK_BYTES_MAX, RATIO_MAX } from "./compressed/block_header.ts";
import { readBlocks } from "./compressed/block_index.ts";
import { CompressedFile } from "./compressed/compressed_file.ts";
import { readStream, STREAM_BYTES_MAX } from "./compressed/compressed_stream.ts";
import type { FileSystem, OpenFile, ReadableFile } from "./file_system.ts";
import type { FoundPart } from "./store_parts.ts";
import { openIfThere } from "./whole_file.ts";

/** Opens a file of a store; null where there is none by now. */
export async function openPart(
  fileSystem: FileSystem,
  { path, compression }: Pick<FoundPart, "path" | "compression">,
): Promise<ReadableFile | null> {
  const file = await openIfThere(fileSystem, path);
  if (file === null) return null;
  try {
    return await contentOf(file, compression);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What `file` holds. Closing that closes the file. */
export async function contentOf(
  file: OpenFile,
  compression: Compression | null,
): Promise<ReadableFile> {
  return compression === null ? file : await compressedContentOf(file, compression);
}

/** What a compressed file holds. Throws UNSUPPORTED where the runtime cannot decompress it. */
export async function compressedContentOf(
  file: OpenFile,
  compression: Compression,
): Promise<CompressedFile> {
  const content = await readBlocks(file, codecOf(compression)) ??
    await readStream(file, compression);
  return new CompressedFile(file, content);
}

/** The most that a file of `size` bytes can hold. */
export function contentBytesMax(size: number, compression: Compression | null): number {
  return compression === null ? size : size * RATIO_MAX + STREAM_BYTES_MAX + BLOCK_BYTES_MAX;
}
