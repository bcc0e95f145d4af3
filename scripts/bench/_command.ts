/**
 * Commands that are measured as whole processes, their start and end included.
 *
 * @module
 */

import { EXECUTABLE } from "../_paths.ts";
import { median } from "./_figures.ts";
import { watch } from "./_watched_process.ts";
import type { Measured, Variant } from "./_workload.ts";

/** A program with its arguments, and what it is to read and write. */
export interface Command {
  readonly run: readonly [program: string, ...args: string[]];
  /** What standard input comes from. @default {nothing} */
  readonly stdin?: string;
  /** Where standard output goes. @default {nowhere} */
  readonly stdout?: string;
  /** What it has to end with. @default {0} */
  readonly code?: number;
}

/** What commands took, one after the other. */
interface Taken {
  readonly milliseconds: number;
  readonly peakBytes: number | null;
}

/** A way that is commands, run one after the other. */
export interface CommandVariant extends Pick<Variant, "name" | "isPapyra" | "prepare"> {
  readonly commands: readonly Command[];
}

/** A command of the executable. */
export function papyra(args: readonly string[], options: Omit<Command, "run"> = {}): Command {
  return { run: [EXECUTABLE, ...args], ...options };
}

/** How many of `amount` such commands get through in a second. */
export function ratedCommand({ commands, ...variant }: CommandVariant, amount: number): Variant {
  return {
    ...variant,
    run: async () => {
      const { milliseconds, peakBytes } = await runAll(commands);
      return { value: amount / (milliseconds / 1000), peakBytes };
    },
  };
}

/** How many milliseconds such commands take; the median of so many times. */
export function timedCommand({ commands, ...variant }: CommandVariant, times = 1): Variant {
  return { ...variant, run: () => medianOfTimes(commands, times) };
}

async function medianOfTimes(commands: readonly Command[], times: number): Promise<Measured> {
  const all: Taken[] = [];
  for (let time = 0; time < times; time++) all.push(await runAll(commands));
  const peaks = all.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    value: median(all.map(({ milliseconds }) => milliseconds)),
    peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
  };
}

async function runAll(commands: readonly Command[]): Promise<Taken> {
  let milliseconds = 0;
  let peakBytes = 0;
  for (const command of commands) {
    const [program, ...args] = redirected(command);
    const taken = await watch(program, args);
    if (taken.code !== (command.code ?? 0)) {
      throw new Error(`${command.run.join(" ")} ended with ${taken.code}: ${taken.stderr}`);
    }
    milliseconds += taken.milliseconds;
    peakBytes = Math.max(peakBytes, taken.peakBytes);
  }
  // It ended before anybody looked.
  return { milliseconds, peakBytes: peakBytes === 0 ? null : peakBytes };
}

// The shell becomes the program: there is no process between.
function redirected({ run, stdin, stdout }: Command): readonly [string, ...string[]] {
  if (stdin === undefined && stdout === undefined) return run;
  const script = 'input=$1 output=$2; shift 2; exec "$@" <"$input" >"$output"';
  const files = [stdin ?? "/dev/null", stdout ?? "/dev/null"];
  return ["sh", "-c", script, "sh", ...files, ...run];
}
