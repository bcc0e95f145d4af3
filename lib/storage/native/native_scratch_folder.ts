/**
 * A folder to try things in, which is taken away again whatever happens.
 *
 * @module
 */

import * as fs from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { HeldDirectory, inPlace, setDirectoryMode } from "./_native_place.ts";
import { isMissingError } from "../os_error.ts";

/** What the names of scratch folders begin with. */
export const SCRATCH_PREFIX = ".papyra-scratch-";

const DIRECTORY_MODE = 0o700;

/** A new, empty folder with a name that nobody can foretell, its owner's alone. It holds files only. */
export class ScratchFolder {
  /** Where it is. */
  readonly path: string;
  readonly #atExit = () => this.#removeNow();

  private constructor(path: string) {
    this.path = path;
    process.once("exit", this.#atExit);
  }

  /** Makes one, with mode 0700. */
  static async create(directory: string): Promise<ScratchFolder> {
    const path = await inPlace(join(directory, SCRATCH_PREFIX), async (place) => {
      const made = await fs.promises.mkdtemp(place);
      setDirectoryMode(made, DIRECTORY_MODE);
      return join(directory, basename(made));
    });
    return new ScratchFolder(path);
  }

  /** Removes the files in it, and never what lies deeper: nobody has put anything there. */
  empty(): Promise<void> {
    return Promise.resolve().then(() => this.#emptyNow());
  }

  /** Removes it with the files in it. */
  async remove(): Promise<void> {
    try {
      this.#emptyNow();
      await inPlace(this.path, fs.promises.rmdir);
    } catch (error) {
      ignoreMissing(error);
    }
    process.removeListener("exit", this.#atExit);
  }

  // Held, since whoever owns the directory above could put a link to another one in its place.
  #emptyNow(): void {
    const held = new HeldDirectory(this.path);
    try {
      for (const name of fs.readdirSync(held.place)) unlinkIfThere(join(held.place, name));
    } finally {
      held.release();
    }
  }

  #removeNow(): void {
    try {
      this.#emptyNow();
      fs.rmdirSync(this.path);
    } catch {
      // The process is at its end, and nobody is left to be told.
    }
  }
}

function unlinkIfThere(path: string): void {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    ignoreMissing(error);
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissingError(error)) throw error;
}
