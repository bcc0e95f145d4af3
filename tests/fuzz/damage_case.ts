/**
 * A store and what became of it: what the damage properties look at, and what the corpus keeps.
 *
 * @module
 */

import { MemoryFileSystem } from "../storage/memory_file_system.ts";
import { type Damage, damaged } from "./damage.ts";
import { buildStore, STORE_PATH, type StorePart } from "./store_parts.ts";

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
  /** The store's file as it was written. */
  readonly written: Uint8Array;
  /** The file as it was found. */
  readonly found: Uint8Array;
  /** What `state.json` says; 0 where it is lost. */
  readonly durableSeq: number;
}

/** How a random case is made. */
export interface DamageRecipe {
  readonly parts: readonly StorePart[];
  readonly damages: readonly Damage[];
  readonly keepsState: boolean;
}

/** Makes a case. */
export async function damageCaseOf(recipe: DamageRecipe): Promise<DamageCase> {
  const disk = await buildStore(recipe.parts);
  const written = disk.get(STORE_PATH);
  const durableSeq = recipe.keepsState && disk.stat(STATE_PATH) !== null
    ? (JSON.parse(new TextDecoder().decode(disk.get(STATE_PATH))) as { durable_seq: number })
      .durable_seq
    : 0;
  return { written, found: damaged(written, recipe.damages), durableSeq };
}

/** A disk with the store as it was found. */
export function diskOf({ found, durableSeq }: DamageCase, freeBytes?: number): MemoryFileSystem {
  const disk = freeBytes === undefined ? new MemoryFileSystem() : new FullDisk(freeBytes);
  disk.put(STORE_PATH, found);
  if (durableSeq > 0) {
    disk.put(STATE_PATH, JSON.stringify({ format_version: 1, durable_seq: durableSeq }));
  }
  return disk;
}
