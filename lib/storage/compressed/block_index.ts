/**
 * Finds the blocks of a compressed segment, hopping from header to header.
 *
 * Where a header is damaged, the next one is looked for, and what lies between is still read as the
 * block that fits there. Everything that is not as it was written gets a mark in the content.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { BlockCodec } from "./block_codec.ts";
import {
  type BlockHeader,
  canHold,
  headerBytesOf,
  parseHeader,
  WHOLE_BLOCK_BYTES_MAX,
} from "./block_header.ts";
import { readRange } from "../byte_range.ts";
import { type CompressedContent, MARK_BYTES, type Stretch } from "./compressed_file.ts";
import type { OpenFile } from "../file_system.ts";

// 64 GiB of what is usual; a file made to fill memory must not.
const STRETCHES_MAX = 256 * 1024;

/** The content of a file of ours; null where it is none. */
export async function readBlocks(
  file: OpenFile,
  codec: BlockCodec,
): Promise<CompressedContent | null> {
  const walk = new BlockWalk(file, codec);
  if (!await walk.isOurs()) return null;
  await walk.run();
  return {
    stretches: walk.stretches,
    isTooLarge: false,
    load: async ({ at, bodyBytes, length }) => {
      const body = new Uint8Array(bodyBytes);
      const count = await file.read(body, at);
      if (count < bodyBytes) throw new Error("the file was cut off in it");
      return codec.decompress(body, length);
    },
    release: () => {},
  };
}

/** A header, and where it stands. */
interface PlacedHeader extends BlockHeader {
  readonly at: number;
}

class BlockWalk {
  readonly stretches: Stretch[] = [];
  readonly #file: OpenFile;
  readonly #codec: BlockCodec;
  readonly #headerBytes: number;
  readonly #size: number;
  // Where the walk is in the file, and what the next header has to say of its place in the content.
  #at = 0;
  #expected = 0;
  #contentSize = 0;
  #hasEnded = false;

  constructor(file: OpenFile, codec: BlockCodec) {
    this.#file = file;
    this.#codec = codec;
    this.#headerBytes = headerBytesOf(codec);
    this.#size = file.stat().size;
  }

  /** Whether the first header is ours, or the second, where the first is damaged. */
  async isOurs(): Promise<boolean> {
    if (await this.#headerAt(0) !== null) return true;
    return await this.#find(1, WHOLE_BLOCK_BYTES_MAX + this.#headerBytes) !== null;
  }

  async run(): Promise<void> {
    while (this.#at < this.#size) {
      if (this.stretches.length >= STRETCHES_MAX) {
        this.#mark(`what stands behind byte ${this.#at} of the file is more than can be read`);
        return;
      }
      const header = await this.#headerAt(this.#at);
      if (header === null) await this.#passDamage();
      else await this.#take(header);
    }
    if (!this.#hasEnded) this.#mark("the compressed file was cut off: its end is missing");
  }

  async #take({ at, offset, bodyBytes, length }: PlacedHeader): Promise<void> {
    if (offset !== this.#expected) {
      this.#mark(`compressed blocks are missing, or misplaced, before byte ${at} of the file`);
    } else if (this.#hasEnded) {
      this.#mark(`the compressed file goes on behind its end at byte ${at}`);
    }
    const body = at + this.#headerBytes;
    this.#at = body + bodyBytes;
    this.#expected = offset + length;
    this.#hasEnded = length === 0;
    if (length > 0) this.#add(body, bodyBytes, length);
    else if (!await this.#isEnd(body, bodyBytes)) {
      this.#mark("the compressed file's end is damaged");
    }
  }

  async #passDamage(): Promise<void> {
    const at = this.#at;
    const next = await this.#find(at + 1, this.#size);
    this.#mark(
      this.#hasEnded
        ? `bytes that belong to nothing stand behind the compressed file's end, from byte ${at} on`
        : `the header of the compressed block at byte ${at} of the file is damaged or cut off`,
    );
    this.#at = next?.at ?? this.#size;
    this.#hasEnded = next === null;
    if (next === null) return;
    const body = at + this.#headerBytes;
    const [bodyBytes, length] = [next.at - body, next.offset - this.#expected];
    const fits = length > 0 && bodyBytes > 0 && canHold(this.#codec, bodyBytes, length);
    if (fits) this.#add(body, bodyBytes, length);
    this.#expected = next.offset;
  }

  async #isEnd(at: number, bodyBytes: number): Promise<boolean> {
    const { endBody } = this.#codec;
    const body = Buffer.alloc(bodyBytes);
    return await this.#file.read(body, at) === bodyBytes && body.equals(endBody);
  }

  #add(at: number, bodyBytes: number, length: number): void {
    this.stretches.push({ start: this.#contentSize, length, at, bodyBytes, lost: null });
    this.#contentSize += length;
  }

  #mark(lost: string): void {
    const start = this.#contentSize;
    this.stretches.push({ start, length: MARK_BYTES, at: this.#at, bodyBytes: 0, lost });
    this.#contentSize += MARK_BYTES;
  }

  async #headerAt(at: number): Promise<PlacedHeader | null> {
    const bytes = new Uint8Array(this.#headerBytes);
    const count = await this.#file.read(bytes, at);
    const header = parseHeader(this.#codec, bytes.subarray(0, count));
    return header && { at, ...header };
  }

  /** The first header that begins from `from` on and ends before `to`. */
  async #find(from: number, to: number): Promise<PlacedHeader | null> {
    const { prefix } = this.#codec;
    let held = Buffer.alloc(0);
    let heldAt = from;
    for await (const part of readRange(this.#file, { from, to: Math.min(to, this.#size) })) {
      held = Buffer.concat([held, part]);
      for (let at = held.indexOf(prefix); at !== -1; at = held.indexOf(prefix, at + 1)) {
        const header = parseHeader(this.#codec, held.subarray(at, at + this.#headerBytes));
        if (header !== null) return { at: heldAt + at, ...header };
      }
      // The beginning of a header may stand at the end.
      const dropped = Math.max(0, held.length - this.#headerBytes + 1);
      heldAt += dropped;
      held = held.subarray(dropped);
    }
    return null;
  }
}
