/**
 * The command line as its users run it: from source, from the bundle of it that PAPYRA_BUNDLE names, which
 * starts in less time, or the executable that PAPYRA_EXECUTABLE names.
 *
 * @module
 */

import { join } from "node:path";
import { assertEquals } from "../_assert.ts";

const DEADLINE_MS = 30_000;
const CLI = join(import.meta.dirname!, "../../cli.ts");

/** How a command line is run. */
export interface RunOptions {
  /** Its working directory. @default {an empty one} */
  readonly cwd?: string;
  /** Variables beside the inherited ones. */
  readonly env?: Record<string, string>;
  /** What it reads. @default {nothing} */
  readonly stdin?: string | Uint8Array;
}

/** What came of it. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line to its end. */
export async function papyra(
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const child = spawnPapyra(args, options);
  if (options.stdin === undefined) await child.stdin.close();
  else void feed(child, options.stdin);
  const { code, stdout, stderr } = await endOf(child);
  return { code, stdout, stderr };
}

/** Runs one that has to succeed and returns what it prints. */
export async function papyraOk(
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await papyra(args, options);
  assertEquals({ code, stderr: code === 0 ? "" : stderr }, { code: 0, stderr: "" });
  return stdout;
}

/** Starts one whose streams the test holds. */
export function spawnPapyra(
  args: readonly string[],
  { cwd, env }: RunOptions = {},
): Deno.ChildProcess {
  const [command, ...first] = papyraCommand();
  return new Deno.Command(command!, {
    args: [...first, ...args],
    cwd: cwd ?? emptyDirectory(),
    // Neither settings nor colours nor the terminal's width of whoever runs the tests.
    env: { PAPYRA_STORE: "", PAPYRA_CONFIG: "", NO_COLOR: "", COLUMNS: "", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for the end of a command that must not hang, whatever it waits for itself. */
export async function endOf(child: Deno.ChildProcess): Promise<RunResult & { isKilled: boolean }> {
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(deadline);
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
    isKilled: signal !== null,
  };
}

/** The command and its first arguments. */
export function papyraCommand(): readonly string[] {
  const executable = Deno.env.get("PAPYRA_EXECUTABLE");
  if (executable) return [executable];
  return [Deno.execPath(), "run", "-A", "--quiet", Deno.env.get("PAPYRA_BUNDLE") ?? CLI];
}

/** Runs a script for `sh` in which `papyra` is the command line. */
export async function papyraScript(script: string, cwd: string): Promise<RunResult> {
  // A program on the PATH would be busy if another test started a process while it was written.
  const command = papyraCommand().map((word) => `'${word}'`).join(" ");
  const child = new Deno.Command("sh", {
    args: ["-e", "-c", `papyra() { ${command} "$@"; }\n${script}`],
    cwd,
    env: { PAPYRA_STORE: "", PAPYRA_CONFIG: "" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return await endOf(child);
}

/** Runs `body` with a fresh directory, which is removed afterwards. */
export async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "papyra-cli-" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A test with a directory of its own. */
export function cliTest(name: string, body: (directory: string) => Promise<void>): void {
  Deno.test(name, () => inDirectory(body));
}

let empty: string | undefined;

// A config file that happens to lie where the tests run must not change them.
function emptyDirectory(): string {
  if (empty === undefined) {
    const directory = Deno.makeTempDirSync({ prefix: "papyra-cli-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(directory));
    empty = directory;
  }
  return empty;
}

async function feed(child: Deno.ChildProcess, input: string | Uint8Array): Promise<void> {
  const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
  const writer = child.stdin.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch {
    // The command ended before it had read everything: its exit code tells.
  }
}
