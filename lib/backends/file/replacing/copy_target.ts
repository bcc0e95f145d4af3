/**
 * The file that is about to take the place of another, in the form that it is to have.
 *
 * @module
 */

import { PapyraError } from "../../../errors.ts";
import type { Compression } from "../../../model/compression.ts";
import { codecOf } from "../../../storage/compressed/block_codec.ts";
import { BlockWriter } from "../../../storage/compressed/block_writer.ts";
import type { OpenFile } from "../../../storage/file_system.ts";
import { compressedContentOf } from "../../../storage/open_part.ts";
import type { Sink } from "../../../storage/whole_file.ts";
import { digestOf, type FileFingerprint } from "../receipts/receipts.ts";

/** What a file is to hold. */
export interface ExpectedContent {
  /** Its size, not compressed. */
  readonly size: number;
  /** SHA-256 of it, hexadecimal. */
  readonly sha256: string;
}

/** A new file, compressed or not. */
export class CopyTarget {
  /** Takes its content. */
  readonly sink: Sink;
  readonly #file: OpenFile;
  readonly #blocks: BlockWriter | null;
  readonly #compression: Compression | null;

  /** `file` is new and empty. */
  constructor(file: OpenFile, compression: Compression | null) {
    this.#file = file;
    this.#compression = compression;
    this.#blocks = compression === null ? null : new BlockWriter(file, codecOf(compression));
    this.sink = this.#blocks ?? file;
  }

  /**
   * Ends the file, syncs it and says what it is. A compressed one is read again: IO_ERROR where it does not
   * hold what it should.
   */
  async finish({ size, sha256 }: ExpectedContent): Promise<FileFingerprint> {
    this.#blocks?.end();
    await this.#file.sync();
    const { identity } = this.#file.stat();
    if (this.#blocks === null) return { identity, size, sha256 };
    const content = await compressedContentOf(this.#file, this.#compression!);
    const found = await digestOf(content, { from: 0, to: content.stat().size });
    if (found !== sha256 || content.isDamaged) throw notAsWritten(this.#file.path);
    return { identity, size: this.#blocks.size, sha256: this.#blocks.digest() };
  }
}

function notAsWritten(file: string): PapyraError {
  return new PapyraError(
    "IO_ERROR",
    `Cannot compress into "${file}": what was read back is not what was written, and the original stays; check disk and memory`,
    { file },
  );
}
