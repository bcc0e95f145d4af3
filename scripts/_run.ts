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

const running = new Set<Deno.ChildProcess>();

/** Runs a command and keeps what it prints. */
export async function capture(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const child = start(command, {
    ...common(args, { ...options, env: { NO_COLOR: "1", ...options.env } }),
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs a command whose output goes where this process's goes; returns the exit code. */
export async function runVisibly(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<number> {
  const child = start(command, common(args, options));
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

/** Kills every child that still runs: for a script that was told to stop. */
export function killChildren(): void {
  for (const child of running) child.kill("SIGKILL");
}

function start(command: string, options: Deno.CommandOptions): Deno.ChildProcess {
  const child = new Deno.Command(command, options).spawn();
  running.add(child);
  child.status.finally(() => running.delete(child));
  return child;
}

function common(args: readonly string[], options: RunOptions): Deno.CommandOptions {
  return {
    args: [...args],
    stdin: "null",
    cwd: options.cwd ?? ROOT,
    env: options.env ?? {},
    ...(options.timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(options.timeoutMs) }),
  };
}
