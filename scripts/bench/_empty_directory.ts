/**
 * A directory to begin in anew: a store leaves more than its file.
 *
 * @module
 */

import { mkdirSync, rmSync } from "node:fs";

/** Makes a directory, or takes away all that is in it. */
export function makeEmpty(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
}
