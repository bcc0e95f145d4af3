/**
 * A store and what became of it: what the damage properties look at, and what the corpus keeps.
 *
 * @module
 */

import { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { damagedFiles, type FileDamage } from "./file_damage.ts";
import { filesOn, putFiles, type StoreFiles } from "./store_files.ts";
import { buildStore, type StorePart } from "./store_parts.ts";

/** The path of the store's `state.json`. */
const STATE_PATH = "/data/.events.ndjson.papyra/state.json";

/** A disk that says how little room there is. */
class FullDisk extends MemoryFileSystem {
  readonly #freeBytes: number;

  constructor(freeBytes: number) {
    super();
    this.#freeBytes = freeBytes;
  }

  override freeBytes(): Promise<number> {
    return Promise.resolve(this.#freeBytes);
  }
}

/** One case. */
export interface DamageCase {
  /** The store's files as they were written. */
  readonly written: StoreFiles;
  /** The files as they were found. */
  readonly found: StoreFiles;
  /** What `state.json` says; 0 where it is lost. */
  readonly durableSeq: number;
}

/** How a random case is made. */
export interface DamageRecipe {
  readonly parts: readonly StorePart[];
  readonly damages: readonly FileDamage[];
  readonly keepsState: boolean;
}

/** Makes a case. */
export async function damageCaseOf(recipe: DamageRecipe): Promise<DamageCase> {
  const disk = await buildStore(recipe.parts);
  const written = await filesOn(disk);
  const durableSeq = recipe.keepsState && disk.stat(STATE_PATH) !== null
    ? (JSON.parse(new TextDecoder().decode(disk.get(STATE_PATH))) as { durable_seq: number })
      .durable_seq
    : 0;
  return { written, found: damagedFiles(written, recipe.damages), durableSeq };
}

/** A disk with the store as it was found. */
export function diskOf({ found, durableSeq }: DamageCase, freeBytes?: number): MemoryFileSystem {
  const disk = freeBytes === undefined ? new MemoryFileSystem() : new FullDisk(freeBytes);
  putFiles(disk, found);
  if (durableSeq > 0) {
    disk.put(STATE_PATH, JSON.stringify({ format_version: 1, durable_seq: durableSeq }));
  }
  return disk;
}
