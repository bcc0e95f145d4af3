/**
 * A process whose time and memory are watched.
 *
 * @module
 */

import { readFileSync } from "node:fs";

const LOOK_EVERY_MS = 5;

/** What a process took. */
export interface Watched {
  /** Its exit code. */
  readonly code: number;
  /** From its start to its end. */
  readonly milliseconds: number;
  /** The most memory that it had resident at once. */
  readonly peakBytes: number;
  /** What it said on standard error. */
  readonly stderr: string;
}

/** Runs a program, its output thrown away. `look` is called now and then meanwhile. */
export async function watch(
  program: string,
  args: readonly string[],
  look: () => void = () => {},
): Promise<Watched> {
  const start = performance.now();
  const child = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytesMax(child.pid));
    look();
  }, LOOK_EVERY_MS);
  const { code, stderr } = await child.output();
  clearInterval(timer);
  const milliseconds = performance.now() - start;
  return { code, milliseconds, peakBytes, stderr: new TextDecoder().decode(stderr) };
}

// As the kernel keeps it; 0 for a process that has just ended.
function residentBytesMax(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
