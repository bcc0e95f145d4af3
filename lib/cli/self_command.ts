/**
 * Running this program again, whether it is an executable of its own or a script of a runtime.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import process from "node:process";
import type { HelperProcess } from "../volume/helper.ts";

/** Where the modules lie that Bun has put into an executable. */
const BUN_EMBEDDED = "/$bunfs/";

/** Runs this program again. Where it cannot be run, that is thrown here or by its lines. */
export function startSelf(args: readonly string[]): HelperProcess {
  const [command, ...first] = selfCommand();
  return startProcess(command, [...first, ...args]);
}

/** Starts a process that is heard line by line. */
export function startProcess(command: string, args: readonly string[]): HelperProcess {
  // One command needs it, and no other is to load it.
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise<Error | null>((resolve) => {
    child.once("error", resolve);
    child.once("exit", () => resolve(null));
  });
  // It may end before its input does.
  child.stdin.on("error", () => {});
  return {
    lines: linesOf(child, ended),
    finish: () => void child.stdin.end(),
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function selfCommand(): readonly [command: string, ...args: string[]] {
  // The running program itself, also where its file has been replaced or taken away since.
  const program = process.platform === "linux" ? "/proc/self/exe" : process.execPath;
  const script = process.argv[1] ?? "";
  if ("Deno" in globalThis) {
    return Deno.build.standalone ? [program] : [program, "run", "-A", "--quiet", script];
  }
  return script.startsWith(BUN_EMBEDDED) ? [program] : [program, script];
}

async function* linesOf(
  { stdout }: ChildProcess,
  ended: Promise<Error | null>,
): AsyncGenerator<string, void, void> {
  let rest = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stdout as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      // What a killed process had not finished saying was not said.
      rest = lines.pop()!;
      yield* lines;
    }
  } catch (cause) {
    // Why it was not started says more than that its output broke off.
    throw await ended ?? cause;
  }
  const error = await ended;
  if (error !== null) throw error;
}
