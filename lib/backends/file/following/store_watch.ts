/**
 * Waits for a store's files to change, at the cost of a look at one or two names now and then.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { throwIfAborted } from "../../../errors.ts";
import type { FileSystem } from "../../../storage/file_system.ts";
import type { StorePaths } from "../../../storage/store_paths.ts";

const PAUSE_MS_MIN = 50;
const PAUSE_MS_MAX = 1000;

/** Watches the files of one store. */
export class StoreWatch {
  readonly #fileSystem: FileSystem;
  readonly #paths: StorePaths;
  #seen: string | null = null;
  // Whether nothing can have changed since that does not show.
  #isSure = false;
  #pauseMs = PAUSE_MS_MIN;

  constructor(fileSystem: FileSystem, paths: StorePaths) {
    this.#fileSystem = fileSystem;
    this.#paths = paths;
  }

  /**
   * Resolves once there may be something that was not there at the call before, and not too soon for
   * several things to be seen at one look.
   */
  async changed(signal: AbortSignal): Promise<void> {
    do {
      await pause(this.#pauseMs, signal);
      this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MS_MAX);
    } while (!this.look());
    this.#pauseMs = PAUSE_MS_MIN;
  }

  /** Looks now; whether there may be something that was not there at the last look. */
  look(): boolean {
    const { active, directory } = this.#paths;
    const file = this.#fileSystem.stat(active);
    const found = file ?? this.#fileSystem.stat(directory);
    const shown = found && `${found.identity} ${found.size} ${found.modifiedMs}`;
    const hasChanged = shown !== this.#seen || !this.#isSure;
    // The time of a directory is coarse: what changes soon after a change shows in nothing.
    this.#isSure = file !== null || shown === this.#seen;
    this.#seen = shown;
    return hasChanged;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}
