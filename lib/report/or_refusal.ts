/**
 * Parts of a report that can be told without.
 *
 * @module
 */

import { PapyraError } from "../errors.ts";

const ENDING: ReadonlySet<string> = new Set(["ABORTED", "TIMED_OUT", "STORE_CLOSED"]);

/** What `look` gives, or why the store refused it. Whoever wants it to end is another matter: that is thrown. */
export async function orRefusal<T>(look: () => Promise<T>): Promise<T | PapyraError> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PapyraError) || ENDING.has(error.code)) throw error;
    return error;
  }
}
