/**
 * The places that scripts work with.
 *
 * @module
 */

import { join } from "node:path";

/** The checkout. */
export const ROOT: string = join(import.meta.dirname!, "..");

/** Everything that scripts make, never committed. */
export const DIST: string = join(ROOT, "dist");

/** The executable that `deno task compile` makes. */
export const EXECUTABLE: string = join(DIST, "papyra");

/** The package that `scripts/build_npm.ts` makes. */
export const NPM_PACKAGE: string = join(DIST, "npm");
