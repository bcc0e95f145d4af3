/**
 * Files that other tools compressed (`gzip FILE`, `zstd FILE`): one stream, which can only be read from
 * its beginning.
 *
 * Such a file is decompressed as a whole when it is opened, and held, one at a time in this process. What
 * is larger than there is room for is not read.
 *
 * @module
 */

import type { Writable } from "node:stream";
import { zlib } from "../late_modules.ts";
import { messageOf } from "../../errors.ts";
import type { Compression } from "../../model/compression.ts";
import { readRange } from "../byte_range.ts";
import { type CompressedContent, MARK_BYTES, type Stretch } from "./compressed_file.ts";
import type { OpenFile } from "../file_system.ts";
import { takeTurn } from "../mutex.ts";
import { osCode } from "../os_error.ts";
import { zstdFrames } from "./zstd_frames.ts";

/** The most that a stream may hold to be read. */
export const STREAM_BYTES_MAX = 64 * 1024 * 1024;

const PART_BYTES = 256 * 1024;
// Less is no chunk to zlib.
const CHUNK_MARGIN_BYTES = 64;
// Of a damaged file, ever smaller ones are tried.
const PIECE_BYTES = [PART_BYTES, 256, 1] as const;
// A frame may ask for more memory than this to be decompressed; then it is too large, too.
const WINDOW_LOG_MAX = 25;
// What one process holds: the parts of one file.
const TURN = "papyra: the one decompressed stream";
let held: { readonly owner: object; readonly parts: readonly Uint8Array[] } | null = null;

/** The content of a file that another tool compressed. */
export async function readStream(
  file: OpenFile,
  compression: Compression,
): Promise<CompressedContent> {
  const owner = {};
  const decompressed = async (): Promise<Decompressed> => {
    letGo();
    const content = await decompress(file, compression);
    held = { owner, parts: content.parts };
    return content;
  };
  const first = await inTurn(decompressed);
  return {
    stretches: stretchesOf(first),
    isTooLarge: first.isTooLarge,
    // A copy: what is held goes away when another file takes its place.
    load: ({ at }) =>
      inTurn(async () => {
        const { parts } = held?.owner === owner ? held : await decompressed();
        return new Uint8Array(parts[at] ?? []);
      }),
    release: () => {
      if (held?.owner === owner) letGo();
    },
  };
}

function letGo(): void {
  free(held?.parts ?? []);
  held = null;
}

// So much memory cannot wait for a collection: Bun lets it add up to a gigabyte.
function free(parts: readonly Uint8Array[]): void {
  for (const { buffer } of parts) {
    if (buffer instanceof ArrayBuffer && buffer.detached === false) buffer.transfer(0);
  }
}

/** What a stream turned out to hold. */
interface Decompressed {
  /** The content in parts of about {@linkcode PART_BYTES}, as far as it could be had. */
  readonly parts: readonly Uint8Array[];
  /** Whether it is more than there is room for; there are no parts then. */
  readonly isTooLarge: boolean;
  /** Why there is no more of it; null where that is all. */
  readonly lost: string | null;
}

async function inTurn<T>(body: () => Promise<T>): Promise<T> {
  const endTurn = await takeTurn(TURN);
  try {
    return await body();
  } finally {
    endTurn();
  }
}

// A stretch is found again by the number of its part.
function stretchesOf({ parts, lost }: Decompressed): Stretch[] {
  const stretches: Stretch[] = [];
  let start = 0;
  for (const [at, { length }] of parts.entries()) {
    stretches.push({ start, length, at, bodyBytes: 0, lost: null });
    start += length;
  }
  if (lost !== null) stretches.push({ start, length: MARK_BYTES, at: 0, bodyBytes: 0, lost });
  return stretches;
}

async function decompress(file: OpenFile, compression: Compression): Promise<Decompressed> {
  const sink = new Sink();
  const take = compression === "gzip" ? decompressMembers : decompressFrames;
  let lost: string | null = null;
  try {
    await take(file, sink);
  } catch (error) {
    if (osCode(error) !== null) throw error;
    if (isTooLarge(error)) {
      free(sink.end());
      return TOO_LARGE;
    }
    lost = `the compressed file is damaged (${messageOf(error)})`;
  }
  return { parts: sink.end(), isTooLarge: false, lost };
}

const TOO_LARGE: Decompressed = {
  parts: [],
  isTooLarge: true,
  lost:
    `another tool compressed it, and it holds more than ${STREAM_BYTES_MAX} bytes or takes too ` +
    "much memory: it cannot be read as it is",
};

class TooLarge extends Error {}

function isTooLarge(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message: string };
  return error instanceof TooLarge || code === "ERR_BUFFER_TOO_LARGE" || /memory/i.test(message);
}

/** A file of zstd: one frame after another, each at once. */
async function decompressFrames(file: OpenFile, sink: Sink): Promise<void> {
  // Not as a stream: damage to one ends the process under Deno 2.9, and it ends with the first frame.
  const params = { [zlib().constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX };
  for await (const { from, to, contentBytes } of zstdFrames(file)) {
    if (to - from > STREAM_BYTES_MAX) throw new TooLarge();
    const frame = new Uint8Array(to - from);
    await file.read(frame, from);
    // In one piece, where that can be: pieces that are joined afterwards take the memory twice.
    const chunkSize = Math.min(contentBytes ?? PART_BYTES, sink.room) + CHUNK_MARGIN_BYTES;
    sink.take(zlib().zstdDecompressSync(frame, { params, maxOutputLength: sink.room, chunkSize }));
  }
}

/** A file of gzip, whose members follow each other in one stream. */
async function decompressMembers(file: OpenFile, sink: Sink): Promise<void> {
  let [failure, at]: [unknown, number] = [null, 0];
  // What is given together with what is damaged comes out with an error, or not at all: that is given
  // again, in smaller pieces.
  for (const pieceBytes of PIECE_BYTES) {
    sink.clear();
    ({ failure, at } = await feed(piecesOf(file, at, pieceBytes), sink));
    if (failure === null) return;
    if (isTooLarge(failure)) break;
  }
  throw failure;
}

/** Gives pieces to a decompressor; says how that failed, and how far it came before. */
async function feed(pieces: AsyncIterable<Uint8Array>, sink: Sink) {
  const gunzip = zlib().createGunzip();
  let failure: unknown = null;
  const fail = (error: unknown): void => {
    failure ??= error;
    gunzip.destroy();
  };
  // Listened to from the beginning: what is decompressed before an error must not get lost with it.
  gunzip.on("data", (part: Uint8Array) => {
    if (part.length <= sink.room) sink.take(part);
    else fail(new TooLarge());
  });
  gunzip.on("error", fail);
  const closed = new Promise<void>((resolve) => gunzip.once("close", () => resolve()));
  let at = 0;
  try {
    for await (const piece of pieces) {
      // The buffer is used again for the next piece: it must have been taken first.
      await Promise.race([written(gunzip, piece.slice()), closed]);
      if (failure !== null) break;
      at += piece.length;
    }
    gunzip.end();
  } catch (error) {
    fail(error);
  }
  await closed;
  return { failure: failure as unknown, at };
}

/** A file in pieces, which are small from a place on. */
async function* piecesOf(
  file: OpenFile,
  smallFrom: number,
  pieceBytes: number,
): AsyncGenerator<Uint8Array> {
  yield* readRange(file, { from: 0, to: smallFrom });
  for await (const part of readRange(file, { from: smallFrom, to: file.stat().size })) {
    for (let from = 0; from < part.length; from += pieceBytes) {
      yield part.subarray(from, from + pieceBytes);
    }
  }
}

function written(target: Writable, part: Uint8Array): Promise<void> {
  return new Promise((resolve) => target.write(part, () => resolve()));
}

/** Takes what comes in parts of any length, and makes parts of about {@linkcode PART_BYTES} of it. */
class Sink {
  readonly #parts: Uint8Array[] = [];
  #gathered = new Uint8Array(0);
  #filled = 0;
  /** Bytes that there is still room for. */
  room = STREAM_BYTES_MAX;

  /** Takes a part, for which there must be room. */
  take(part: Uint8Array): void {
    this.room -= part.length;
    const isLarge = part.length >= PART_BYTES / 2;
    if (isLarge || part.length + this.#filled > this.#gathered.length) this.#flush();
    // Many small ones together would take more memory than their bytes.
    if (isLarge) {
      for (let at = 0; at < part.length; at += PART_BYTES) {
        this.#parts.push(part.subarray(at, at + PART_BYTES));
      }
      return;
    }
    if (this.#gathered.length === 0) this.#gathered = new Uint8Array(PART_BYTES);
    this.#gathered.set(part, this.#filled);
    this.#filled += part.length;
  }

  /** Forgets what was taken. */
  clear(): void {
    free(this.end());
    this.#parts.length = 0;
    this.room = STREAM_BYTES_MAX;
  }

  /** All of it. */
  end(): readonly Uint8Array[] {
    this.#flush();
    return this.#parts;
  }

  #flush(): void {
    if (this.#filled > 0) this.#parts.push(this.#gathered.subarray(0, this.#filled));
    this.#gathered = new Uint8Array(0);
    this.#filled = 0;
  }
}
