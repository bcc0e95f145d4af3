/**
 * The command line as one script and parts that it loads when it needs them: it starts in two thirds of
 * the time that the source takes.
 *
 * @module
 */

import { join } from "node:path";
import { DIST } from "./_paths.ts";
import { captureOrThrow } from "./_run.ts";

/** Bundles the command line into a directory; returns the script. */
export async function bundleInParts(directory: string = join(DIST, "bundle")): Promise<string> {
  const form = ["--quiet", "--platform=deno", "--code-splitting", "--outdir", directory];
  await captureOrThrow(Deno.execPath(), ["bundle", ...form, "cli.ts"]);
  return join(directory, "cli.js");
}
