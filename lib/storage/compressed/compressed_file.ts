/**
 * A compressed file, read as if it were not: at any place, forward or backward, in bounded memory.
 *
 * What cannot be decompressed reads as a line of NUL bytes, so that it is passed over, counted and
 * reported like any other damaged line, and the lines around it stay what they are.
 *
 * @module
 */

import { messageOf } from "../../errors.ts";
import { releaseBuffer } from "../buffers.ts";
import type { FileStat, OpenFile, ReadableFile } from "../file_system.ts";
import { NEWLINE } from "../format.ts";
import { osCode } from "../os_error.ts";

/** A part of the content that is decompressed at once, or the mark of something that is lost. */
export interface Stretch {
  /** Where it begins in the content. */
  readonly start: number;
  /** Its length. */
  readonly length: number;
  /** Where what it is made of begins in the file. */
  readonly at: number;
  /** How long that is. */
  readonly bodyBytes: number;
  /** Why it is lost; null where it is not, as far as is known. */
  lost: string | null;
}

/** What a compressed file consists of. */
export interface CompressedContent {
  /** Its stretches, in order and without holes. */
  readonly stretches: readonly Stretch[];
  /** Whether it is sound, and only too large to be read: it must be decompressed by other means. */
  readonly isTooLarge: boolean;
  /** Decompresses a stretch. What it throws, but the operating system's errors, says what is wrong. */
  load(stretch: Stretch): Promise<Uint8Array>;
  /** Lets go of what is held. */
  release(): void;
}

/** What a place of a compressed file suffers from. */
export interface ContentDamage {
  /** What is wrong, in words. */
  readonly reason: string;
  /** Whether the file is sound, and only too large to be read. */
  readonly isTooLarge: boolean;
}

/** The length of a mark that stands for what is lost, where nobody knows how long it was. */
export const MARK_BYTES = 2;

// One more than what lies on both sides of a line that crosses from one to the other would need.
const CACHED_MAX = 2;

/** The content of a compressed file. */
export class CompressedFile implements ReadableFile {
  /** The path that the file was opened by. */
  readonly path: string;
  /** The file as it is. */
  readonly raw: OpenFile;
  readonly #content: CompressedContent;
  readonly #size: number;
  readonly #cache = new Map<Stretch, Uint8Array>();

  constructor(raw: OpenFile, content: CompressedContent) {
    this.path = raw.path;
    this.raw = raw;
    this.#content = content;
    const last = content.stretches.at(-1);
    this.#size = last === undefined ? 0 : last.start + last.length;
  }

  /** What the file system says of the file, but the size of its content. */
  stat(): FileStat {
    return { ...this.raw.stat(), size: this.#size };
  }

  /** Whether it is sound, and only too large to be read. */
  get isTooLarge(): boolean {
    return this.#content.isTooLarge;
  }

  /** Whether anything was found that is lost. What was not read yet may be too. */
  get isDamaged(): boolean {
    return this.#content.stretches.some(({ lost }) => lost !== null);
  }

  /** Reads content. Nothing is thrown because of damage. */
  async read(buffer: Uint8Array, position: number): Promise<number> {
    let count = 0;
    while (count < buffer.length && position + count < this.#size) {
      const stretch = this.#stretchAt(position + count);
      // Nothing is awaited between this and the copy: another read may let go of it then.
      const content = this.#cache.get(stretch) ?? this.#keep(stretch, await this.#load(stretch));
      const part = content.subarray(position + count - stretch.start);
      const taken = part.subarray(0, buffer.length - count);
      buffer.set(taken, count);
      count += taken.length;
    }
    return count;
  }

  /** What is wrong with the first damaged place among these bytes, as far as they were read. */
  damageIn(offset: number, length: number): ContentDamage | null {
    const { stretches, isTooLarge } = this.#content;
    for (let index = this.#indexAt(offset); index < stretches.length; index++) {
      const { start, lost } = stretches[index]!;
      if (start >= offset + length) break;
      if (lost !== null) return { reason: lost, isTooLarge };
    }
    return null;
  }

  /** Lets go of what was decompressed; what is read of it again is decompressed again. */
  rest(): void {
    for (const content of this.#cache.values()) releaseBuffer(content);
    this.#cache.clear();
  }

  /** Lets go of the content and of the file. */
  close(): Promise<void> {
    this.rest();
    this.#content.release();
    return this.raw.close();
  }

  async #load(stretch: Stretch): Promise<Uint8Array> {
    return await this.#decompress(stretch) ?? markOf(stretch);
  }

  #keep(stretch: Stretch, content: Uint8Array): Uint8Array {
    this.#cache.set(stretch, content);
    if (this.#cache.size > CACHED_MAX) {
      const [oldest, bytes] = this.#cache.entries().next().value!;
      this.#cache.delete(oldest);
      releaseBuffer(bytes);
    }
    return content;
  }

  async #decompress(stretch: Stretch): Promise<Uint8Array | null> {
    if (stretch.lost !== null) return null;
    let why: string;
    try {
      const content = await this.#content.load(stretch);
      if (content.length === stretch.length) return content;
      why = `it holds ${content.length} bytes, not ${stretch.length}`;
    } catch (error) {
      if (osCode(error) !== null) throw error;
      why = messageOf(error);
    }
    stretch.lost = `the compressed block at byte ${stretch.at} of the file is damaged (${why})`;
    return null;
  }

  #stretchAt(position: number): Stretch {
    return this.#content.stretches[this.#indexAt(position)]!;
  }

  #indexAt(position: number): number {
    const { stretches } = this.#content;
    let [low, high] = [0, stretches.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (stretches[middle]!.start <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** What is wrong with the first damaged place among these bytes; null where `file` is not compressed. */
export function contentDamage(
  file: ReadableFile,
  offset: number,
  length: number,
): ContentDamage | null {
  return file instanceof CompressedFile ? file.damageIn(offset, length) : null;
}

/** Lets go of what was decompressed of `file`, where it is compressed: a store may have many, held open. */
export function restContent(file: ReadableFile): void {
  if (file instanceof CompressedFile) file.rest();
}

// A line by itself: it is glued to nothing.
function markOf({ length }: Stretch): Uint8Array {
  const mark = new Uint8Array(length);
  if (length > 1) mark[length - 1] = NEWLINE;
  return mark;
}
