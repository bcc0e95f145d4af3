/**
 * One file of a store, as a look at the store found it.
 *
 * @module
 */

import { PapyraError } from "../../../errors.ts";
import type { ByteRange } from "../../../storage/byte_range.ts";
import type { Compression } from "../../../model/compression.ts";
import type { CompressedFile } from "../../../storage/compressed/compressed_file.ts";
import type {
  FileIdentity,
  FileStat,
  FileSystem,
  OpenFile,
  ReadableFile,
} from "../../../storage/file_system.ts";
import { compressedContentOf, contentBytesMax } from "../../../storage/open_part.ts";
import { isMissingError } from "../../../storage/os_error.ts";
import type { PartRole } from "../../../storage/part_names.ts";
import type { FoundPart } from "../../../storage/store_parts.ts";
import { type LineSource, type StoreLine, storeLines, storeLinesBackward } from "./store_lines.ts";
import { type StoreRun, storeRuns } from "./store_runs.ts";

/** A file was replaced or removed after the look that it was found in. */
export class PartChanged extends PapyraError {
  constructor(path: string) {
    super("BUSY", `Cannot go on: "${path}" was replaced or removed meanwhile; run it again`, {
      file: path,
    });
  }
}

/** Where a file stands in the store that a look found. */
export interface PartPlace {
  /** Its size on the disk, as far as the look goes. */
  readonly size: number;
  /** The sizes of the files before it. */
  readonly sizeBefore: number;
  /** Where its content begins when that of the store's files is laid end to end. */
  readonly base: number;
  /** The files of the look that are held open. */
  readonly held: HeldParts;
}

/** One file of a store. */
export class StorePart {
  /** Where it was found. */
  readonly path: string;
  /** What it is. */
  readonly role: PartRole;
  /** How it is compressed; null where it is not. */
  readonly compression: Compression | null;
  /** The first sequence number given to it, where its name tells; else null. */
  readonly firstSeq: number | null;
  /** What the look found of it. */
  readonly stat: FileStat;
  /** Its size on the disk, as far as the look goes. */
  readonly size: number;
  /** Where its content begins when that of the store's files is laid end to end. */
  readonly base: number;

  readonly #fileSystem: FileSystem;
  readonly #held: HeldParts;
  readonly #sizeBefore: number;
  #horizon: number | null;
  #isTooLarge = false;
  #file: OpenFile | null = null;
  #content: CompressedFile | null = null;

  constructor(
    fileSystem: FileSystem,
    { path, role, number, compression, stat }: FoundPart,
    place: PartPlace,
  ) {
    this.path = path;
    this.role = role;
    this.compression = compression;
    this.firstSeq = role === "sealed" ? number : null;
    this.stat = stat;
    this.size = place.size;
    this.base = place.base;
    this.#sizeBefore = place.sizeBefore;
    this.#horizon = compression === null ? place.size : null;
    this.#fileSystem = fileSystem;
    this.#held = place.held;
  }

  /** Which file it is. */
  get identity(): FileIdentity {
    return this.stat.identity;
  }

  /** How far to read its content. Of a compressed file that was not opened yet: not farther than this. */
  get horizon(): number {
    return this.#horizon ?? contentBytesMax(this.size, this.compression);
  }

  /** Takes note of how much the file holds. */
  learnHorizon(bytes: number): void {
    if (this.compression !== null) this.#horizon = bytes;
  }

  /** Whether it was found to be sound, and too large to be read as it is. */
  get isTooLarge(): boolean {
    return this.#isTooLarge;
  }

  /** What so many bytes of its content take on the disk; about that, where it is compressed. */
  sizeOf(bytes: number): number {
    const share = this.horizon === 0 ? 0 : Math.min(1, bytes / this.horizon);
    return Math.round(this.size * share);
  }

  /** How much of the store's files, as they are on the disk, stands before a place in this one's content. */
  progressAt(offset: number): number {
    return this.#sizeBefore + this.sizeOf(offset);
  }

  /** The file as it is on the disk, opened. Throws {@linkcode PartChanged} where its name stands for another by now. */
  async openRaw(): Promise<OpenFile> {
    this.#file ??= await this.#openAgain();
    await this.#held.note(this);
    return this.#file;
  }

  /** What the file holds. Throws {@linkcode PartChanged} where its name stands for another by now. */
  async open(): Promise<ReadableFile> {
    const file = await this.openRaw();
    if (this.compression === null) return file;
    this.#content ??= await compressedContentOf(file, this.compression);
    this.learnHorizon(this.#content.stat().size);
    this.#isTooLarge = this.#content.isTooLarge;
    return this.#content;
  }

  /** Takes over the file that the look was taken with. */
  adopt(file: OpenFile): void {
    this.#file = file;
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    const file = this.#content ?? this.#file;
    this.#content = null;
    this.#file = null;
    await file?.close();
  }

  async #openAgain(): Promise<OpenFile> {
    const file = await this.#openNamed();
    if (file.stat().identity === this.identity) return file;
    await file.close();
    throw new PartChanged(this.path);
  }

  async #openNamed(): Promise<OpenFile> {
    try {
      return await this.#fileSystem.open(this.path, { access: "read", lockable: true });
    } catch (error) {
      if (isMissingError(error)) throw new PartChanged(this.path);
      throw error;
    }
  }
}

/** The parts of one look that are held open: those that were used last. */
export class HeldParts {
  readonly #parts = new Set<StorePart>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** A part is used. The active file, which has no name to find it by once it is sealed, stays. */
  async note(part: StorePart): Promise<void> {
    if (part.role === "active") return;
    this.#parts.delete(part);
    this.#parts.add(part);
    if (this.#parts.size <= this.#max) return;
    const [oldest] = this.#parts;
    this.#parts.delete(oldest!);
    await oldest!.close();
  }
}

/** Yields the lines of `part` from front to back. */
export function partLines(
  part: StorePart,
  signal?: AbortSignal,
  range?: ByteRange,
): AsyncGenerator<readonly StoreLine[]> {
  return readPart(part, (source, within) => storeLines(source, within, signal), range);
}

/** Yields the lines of `part` from front to back, plain ones in runs. */
export function partRuns(
  part: StorePart,
  signal?: AbortSignal,
  range?: ByteRange,
): AsyncGenerator<readonly (StoreLine | StoreRun)[]> {
  return readPart(part, (source, within) => storeRuns(source, within, signal), range);
}

/** Yields the lines of `part` from back to front. */
export function partLinesBackward(
  part: StorePart,
  signal?: AbortSignal,
  range?: ByteRange,
): AsyncGenerator<readonly StoreLine[]> {
  return readPart(part, (source, within) => storeLinesBackward(source, within, signal), range);
}

/** Yields the lines of all `parts` from front to back. */
export async function* viewLines(
  parts: readonly StorePart[],
  signal?: AbortSignal,
): AsyncGenerator<readonly StoreLine[]> {
  for (const part of parts) yield* partLines(part, signal);
}

async function* readPart<T>(
  part: StorePart,
  read: (source: LineSource, within: ByteRange) => AsyncGenerator<T>,
  { from, to }: ByteRange = { from: 0, to: part.horizon },
): AsyncGenerator<T> {
  if (from >= to) return;
  const { path, base, horizon } = part;
  const source = { file: await part.open(), path, base };
  yield* read(source, { from, to: Math.min(to, horizon) });
}
