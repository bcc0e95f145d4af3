/**
 * Errors that a command has something to add to.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";

/** `error` with more behind its message; a defect stays as it is. */
export function extendedError(error: unknown, more: string): unknown {
  if (!(error instanceof PapyraError)) return error;
  const { code, message, file, offset, line, seq } = error;
  const place = Object.entries({ file, offset, line, seq })
    .filter(([, value]) => value !== undefined);
  return new PapyraError(code, `${message}; ${more}`, {
    cause: error,
    ...Object.fromEntries(place),
  });
}
