/**
 * Compressed files for tests, and all that can be read of them.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { codecOf } from "../../../lib/storage/compressed/block_codec.ts";
import { BlockWriter } from "../../../lib/storage/compressed/block_writer.ts";
import type { CompressedFile } from "../../../lib/storage/compressed/compressed_file.ts";
import { compressedContentOf } from "../../../lib/storage/open_part.ts";
import type { Compression } from "../../../lib/model/compression.ts";
import { assert } from "../../_assert.ts";
import { fileOf } from "../line_reading.ts";
import { MemoryFileSystem } from "../memory_file_system.ts";

/** What a segment of this content is compressed to. */
export async function compressed(
  content: Uint8Array,
  compression: Compression,
): Promise<Uint8Array> {
  const fileSystem = new MemoryFileSystem();
  const file = await fileSystem.open("/file", { access: "append", createExclusively: true });
  const writer = new BlockWriter(file, codecOf(compression));
  writer.append(content);
  writer.end();
  return fileSystem.get("/file").slice();
}

/** What a segment can be made to be. */
export type Form = Compression | "gzip by hand" | "zstd by hand";

/** Every form but the plain one. */
export const FORMS: readonly Form[] = ["gzip", "zstd", "gzip by hand", "zstd by hand"];

/** How a form is compressed. */
export function compressionOf(form: Form): Compression {
  return form.startsWith("gzip") ? "gzip" : "zstd";
}

/** What a file of this content is in a form. */
export async function inForm(content: Uint8Array, form: Form): Promise<Uint8Array> {
  if (form.endsWith("by hand")) return byTool(content, compressionOf(form));
  return await compressed(content, compressionOf(form));
}

/** What `gzip` or `zstd` makes of this content. */
export function byTool(content: Uint8Array, compression: Compression): Uint8Array {
  // The tool puts a checksum behind it, too.
  const params = { [constants.ZSTD_c_checksumFlag]: 1 };
  return compression === "gzip" ? gzipSync(content) : zstdCompressSync(content, { params });
}

/** Opens a compressed file of these bytes. */
export async function opened(
  bytes: Uint8Array,
  compression: Compression,
): Promise<CompressedFile> {
  return await compressedContentOf(await fileOf(bytes), compression);
}

/** Everything that a file holds. */
export async function contentOf(file: CompressedFile): Promise<Uint8Array> {
  const content = new Uint8Array(file.stat().size);
  const count = await file.read(content, 0);
  return content.subarray(0, count);
}

/** Lines that look like records, until there are about so many bytes. */
export function recordLines(size: number, first = 1): Uint8Array {
  const lines: string[] = [];
  let total = 0;
  while (total < size) {
    const seq = first + lines.length;
    const n = Math.imul(seq, 0x9e3779b1) >>> 0;
    lines.push(
      `{"kind":"event","timestamp":${1.7e9 + seq / 7},"payload":{"n":${n}},"seq":${seq}}\n`,
    );
    total += lines.at(-1)!.length;
  }
  return new TextEncoder().encode(lines.join(""));
}

/** Puts bytes one behind the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Whether bytes are the same, told without printing megabytes. */
export function assertSameBytes(found: Uint8Array, expected: Uint8Array, message = ""): void {
  const isSame = Buffer.compare(found, expected) === 0;
  assert(isSame, `${message}: ${found.length} bytes differ from ${expected.length}`);
}
