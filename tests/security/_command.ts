/**
 * Many command lines, one after another: the executable where there is one, else within this process,
 * which is as real and takes a fraction of the time.
 *
 * @module
 */

import { main } from "../../lib/cli/main.ts";
import { fakeTerminal, papyra, type RunResult } from "../cli/command_line.ts";
import { assert, assertEquals } from "../_assert.ts";

const DEADLINE_MS = 20_000;

/** Runs a command line to its end, which must come. */
export async function run(...args: readonly string[]): Promise<RunResult> {
  if (Deno.env.get("PAPYRA_EXECUTABLE")) return await papyra(args);
  const terminal = fakeTerminal();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`papyra ${args.join(" ")} hangs`)), DEADLINE_MS);
  });
  try {
    const code = await Promise.race([main(args, terminal), deadline]);
    return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs one that works or says in one line why it does not: never a defect, never a stack trace. */
export async function runSoundly(...args: readonly string[]): Promise<RunResult> {
  const result = await run(...args);
  const { code, stdout, stderr } = result;
  const told = `papyra ${args.join(" ")}: ${code}\n${stdout}${stderr}`;
  assert([0, 1, 2, 3, 10, 11, 64, 65, 74, 78].includes(code), told);
  assert(!/\n\s+at /.test(stderr), told);
  if (code >= 10) assertEquals(stderr.trimEnd().split("\n").length, 1, told);
  return result;
}
