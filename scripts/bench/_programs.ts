/**
 * Programs that Papyra is held against, and that have to be installed.
 *
 * @module
 */

import { capture } from "../_run.ts";

/** How to get each, on Debian. */
const INSTALLED_BY = {
  jq: "apt-get install jq",
  node: "apt-get install nodejs",
} as const;

/** The name of a program. */
export type ProgramName = keyof typeof INSTALLED_BY;

/** The version that a program tells of itself; throws where it is not installed. */
export async function versionOfProgram(name: ProgramName): Promise<string> {
  try {
    const { stdout } = await capture(name, ["--version"]);
    return stdout.trim().replace(/^[^\d]*/, "");
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new MissingProgramError(
      `${name} is not installed, and Papyra is held against it: ${INSTALLED_BY[name]}`,
      { cause },
    );
  }
}

/** A program is not there. */
export class MissingProgramError extends Error {}
