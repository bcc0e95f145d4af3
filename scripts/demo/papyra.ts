/**
 * The command line as the demo runs it: the executable where there is a fresh one, else the source.
 *
 * @module
 */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { EXECUTABLE, ROOT } from "../_paths.ts";
import { capture, type RunResult } from "../_run.ts";

/** How `papyra` is started. */
export interface Papyra {
  readonly command: string;
  readonly args: readonly string[];
  /** The same for people. */
  readonly name: string;
}

/** Finds out how to start it. */
export function findPapyra(): Papyra {
  if (existsSync(EXECUTABLE) && modifiedMs(EXECUTABLE) > newestSourceMs()) {
    return { command: EXECUTABLE, args: [], name: "dist/papyra" };
  }
  const args = ["run", "-A", "--quiet", join(ROOT, "cli.ts")];
  return { command: Deno.execPath(), args, name: "deno run -A cli.ts" };
}

/** Runs one command to its end. */
export function papyraRun(papyra: Papyra, ...args: string[]): Promise<RunResult> {
  return capture(papyra.command, [...papyra.args, ...args]);
}

function newestSourceMs(): number {
  const library = readdirSync(join(ROOT, "lib"), { recursive: true, encoding: "utf8" });
  const files = ["cli.ts", "deno.json", ...library.map((name) => join("lib", name))];
  return Math.max(...files.map((name) => modifiedMs(join(ROOT, name))));
}

function modifiedMs(path: string): number {
  return statSync(path).mtimeMs;
}
