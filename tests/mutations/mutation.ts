/** What a deliberate breakage is. */

import type { HarnessName } from "./harnesses.ts";

/** A text that stands in a file exactly once, and what is put in its place. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** One way in which the code could be broken. */
export interface Mutation {
  /** What is broken, in words. */
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Who has to find it. */
  readonly caughtBy: readonly HarnessName[];
}
