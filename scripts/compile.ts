/**
 * Makes `dist/papyra`, one file that needs nothing else installed.
 *
 * Deno bundles the command line in parts; then `deno compile` embeds them, or Bun does where the base
 * of Deno's executables cannot be fetched.
 *
 * ```sh
 * deno task compile
 * ```
 *
 * @module
 */

import { rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { findBun } from "./_bun.ts";
import { bundleInParts } from "./_bundle.ts";
import { DIST, EXECUTABLE } from "./_paths.ts";
import { capture, captureOrThrow } from "./_run.ts";
import { say } from "./_say.ts";

// Fetching the base takes seconds where it can be fetched; a dead network must not cost minutes.
const DENO_COMPILE_TIMEOUT_MS = 60_000;

/** What the executable may do: read and write stores, know its environment, reach servers; run nothing but itself. */
const PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  "--allow-net",
  // A check of a disk takes two processes.
  "--allow-run=/proc/self/exe",
  "--no-prompt",
];

/** Makes the executable and says what it is. */
export async function compile(): Promise<void> {
  // In a place of its own: tests may run what another bundle is made of.
  const bundle = await bundleInParts(join(DIST, "parts"));
  const draft = `${EXECUTABLE}.new`;
  const maker = await compileWithDeno(bundle, draft) ? "deno compile" : "bun build --compile";
  if (maker !== "deno compile") await compileWithBun(bundle, draft);
  const version = (await captureOrThrow(draft, ["--version"])).trim();
  const { size } = await stat(draft);
  // In one step: a process that runs the old one goes on.
  await rename(draft, EXECUTABLE);
  say(`Made dist/papyra with ${maker}: ${(size / 1e6).toFixed(0)} MB, ${version}`);
}

async function compileWithDeno(bundle: string, output: string): Promise<boolean> {
  const args = ["compile", "--no-check", "--no-lock", ...PERMISSIONS, "-o", output, bundle];
  const { code } = await capture(Deno.execPath(), args, { timeoutMs: DENO_COMPILE_TIMEOUT_MS });
  if (code !== 0) await rm(output, { force: true });
  return code === 0;
}

async function compileWithBun(bundle: string, output: string): Promise<void> {
  await captureOrThrow(await findBun(), [
    "build",
    "--compile",
    // What lies in the directory where an operator happens to be must not change a tool's behaviour.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    // Halves the time to start, which is most of what a short command takes.
    "--bytecode",
    "--format=esm",
    // A command loads the parts that it needs. In one script, every built-in module that any command
    // imports is loaded before the first line runs.
    "--splitting",
    // Most commands are over before compiled code has paid for itself. What runs for longer is compiled a
    // few milliseconds later, which no scan or ingestion shows.
    "--compile-jit-policy=8",
    `--outfile=${output}`,
    bundle,
  ]);
}

if (import.meta.main) await compile();
