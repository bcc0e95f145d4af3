/**
 * The command line as one script and parts that it loads when it needs them: it starts in two thirds of
 * the time that the source takes.
 *
 * @module
 */

import { join } from "node:path";
import { DIST } from "./_paths.ts";
import { captureOrThrow } from "./_run.ts";

/**
 * Bundles the command line into a directory; returns the script. The client of Redis stays outside, as what
 * splits scripts breaks it: with Redis it works within the checkout only.
 */
export async function bundleInParts(directory: string = join(DIST, "bundle")): Promise<string> {
  const form = ["--platform=deno", "--code-splitting", "--external=@redis/client"];
  await captureOrThrow(Deno.execPath(), ["bundle", ...form, "--outdir", directory, "cli.ts"]);
  return join(directory, "cli.js");
}
