/**
 * A folder to try things in, which is taken away again whatever happens.
 *
 * @module
 */

import * as fs from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { isMissingError } from "./os_error.ts";

/** What the names of scratch folders begin with. */
export const SCRATCH_PREFIX = ".papyra-scratch-";

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
    return new ScratchFolder(await fs.promises.mkdtemp(join(directory, SCRATCH_PREFIX)));
  }

  /** Removes the files in it, and never what lies deeper: nobody has put anything there. */
  async empty(): Promise<void> {
    for (const name of await fs.promises.readdir(this.path)) {
      await fs.promises.unlink(join(this.path, name)).catch(ignoreMissing);
    }
  }

  /** Removes it with the files in it. */
  async remove(): Promise<void> {
    try {
      await this.empty();
      await fs.promises.rmdir(this.path);
    } catch (error) {
      ignoreMissing(error);
    }
    process.removeListener("exit", this.#atExit);
  }

  #removeNow(): void {
    try {
      for (const name of fs.readdirSync(this.path)) fs.unlinkSync(join(this.path, name));
      fs.rmdirSync(this.path);
    } catch {
      // The process is at its end, and nobody is left to be told.
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissingError(error)) throw error;
}
