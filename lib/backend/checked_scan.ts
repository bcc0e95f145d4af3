/**
 * Checks of what a scan is asked for.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";

/** Throws INVALID_ARGUMENT where a share is none. */
export function assertShare(share: number | undefined): void {
  if (share === undefined || (share >= 0 && share <= 1)) return;
  throw new PapyraError(
    "INVALID_ARGUMENT",
    `Cannot verify a share of ${share} again: it must be from 0 to 1`,
  );
}
