/**
 * One file of a store, as a look at the store found it.
 *
 * @module
 */

import { PapyraError } from "../../errors.ts";
import type { ByteRange } from "../../storage/byte_range.ts";
import type { FileIdentity, FileStat, FileSystem, OpenFile } from "../../storage/file_system.ts";
import { isMissingError } from "../../storage/os_error.ts";
import type { PartRole } from "../../storage/part_names.ts";
import type { FoundPart } from "../../storage/store_parts.ts";
import { type StoreLine, storeLines, storeLinesBackward } from "./store_lines.ts";

/** A file was replaced or removed after the look that it was found in. */
export class PartChanged extends PapyraError {
  constructor(path: string) {
    super("BUSY", `Cannot go on: "${path}" was replaced or removed meanwhile; run it again`, {
      file: path,
    });
  }
}

/** One file of a store. */
export class StorePart {
  /** Where it was found. */
  readonly path: string;
  /** What it is. */
  readonly role: PartRole;
  /** The first sequence number given to it, where its name tells; else null. */
  readonly firstSeq: number | null;
  /** What the look found of it. */
  readonly stat: FileStat;
  /** Where it begins when the store's files are laid end to end. */
  readonly base: number;
  /** How far to read it. */
  readonly horizon: number;

  readonly #fileSystem: FileSystem;
  readonly #held: HeldParts;
  #file: OpenFile | null = null;

  constructor(
    fileSystem: FileSystem,
    { path, role, number, stat }: FoundPart,
    place: { readonly base: number; readonly horizon: number; readonly held: HeldParts },
  ) {
    this.path = path;
    this.role = role;
    this.firstSeq = role === "sealed" ? number : null;
    this.stat = stat;
    this.base = place.base;
    this.horizon = place.horizon;
    this.#fileSystem = fileSystem;
    this.#held = place.held;
  }

  /** Which file it is. */
  get identity(): FileIdentity {
    return this.stat.identity;
  }

  /** The file, opened. Throws {@linkcode PartChanged} where its name stands for another by now. */
  async open(): Promise<OpenFile> {
    this.#file ??= await this.#openAgain();
    await this.#held.note(this);
    return this.#file;
  }

  /** Takes over the file that the look was taken with. */
  adopt(file: OpenFile): void {
    this.#file = file;
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    const file = this.#file;
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
export async function* partLines(
  part: StorePart,
  signal?: AbortSignal,
  range: ByteRange = { from: 0, to: part.horizon },
): AsyncGenerator<readonly StoreLine[]> {
  if (range.from >= range.to) return;
  const { path, base } = part;
  yield* storeLines({ file: await part.open(), path, base }, range, signal);
}

/** Yields the lines of all `parts` from front to back. */
export async function* viewLines(
  parts: readonly StorePart[],
  signal?: AbortSignal,
): AsyncGenerator<readonly StoreLine[]> {
  for (const part of parts) yield* partLines(part, signal);
}

/** Yields the lines of `part` from back to front. */
export async function* partLinesBackward(
  part: StorePart,
  signal?: AbortSignal,
  range: ByteRange = { from: 0, to: part.horizon },
): AsyncGenerator<readonly StoreLine[]> {
  if (range.from >= range.to) return;
  const { path, base } = part;
  yield* storeLinesBackward({ file: await part.open(), path, base }, range, signal);
}
