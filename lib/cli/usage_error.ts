/**
 * Mistakes on the command line.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";

/** The error for a command line that cannot be used. */
export function usageError(message: string): PapyraError {
  return new PapyraError("INVALID_ARGUMENT", message);
}
