/**
 * Child processes as the scripts use them.
 *
 * @module
 */

import { ROOT } from "./_paths.ts";

/** How a child is run. */
export interface RunOptions {
  /** Its working directory. @default {the checkout} */
  readonly cwd?: string;
  /** Variables beside the inherited ones. */
  readonly env?: Record<string, string>;
  /** What it reads from standard input. @default {nothing} */
  readonly stdin?: string;
  /** When it is killed. @default {never} */
  readonly timeoutMs?: number;
}

/** What a child left. */
export interface RunResult {
  /** Its exit code; 128 and the signal's number where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command and keeps what it prints. */
export async function capture(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const child = new Deno.Command(command, {
    ...common(args, { ...options, env: { NO_COLOR: "1", ...options.env } }),
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (options.stdin !== undefined) void feed(child, options.stdin);
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs a command whose output goes where this process's goes; returns the exit code. */
export async function runVisibly(
  command: string,
  args: readonly string[],
  options: Omit<RunOptions, "stdin"> = {},
): Promise<number> {
  const child = new Deno.Command(command, { ...common(args, options), stdin: "null" }).spawn();
  return (await child.status).code;
}

/** Runs a command that has to succeed; throws what it printed where it does not. */
export async function captureOrThrow(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await capture(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`Cannot run ${command} ${args.join(" ")}: exit ${code}\n${stdout}${stderr}`);
}

function common(args: readonly string[], options: RunOptions): Deno.CommandOptions {
  return {
    args: [...args],
    cwd: options.cwd ?? ROOT,
    env: options.env ?? {},
    ...(options.timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(options.timeoutMs) }),
  };
}

async function feed(child: Deno.ChildProcess, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // The child ended before it had read everything: its exit code tells.
  }
}
