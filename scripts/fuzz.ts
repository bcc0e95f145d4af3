/**
 * Tries the properties of `tests/fuzz` on random stores until the time is over or one is broken. The
 * last line says how many cases that were.
 *
 * ```sh
 * deno task fuzz --seconds 600
 * deno task fuzz --seconds 60 --seed 7
 * ```
 *
 * @module
 */

import { parseArgs } from "node:util";
import { encodeEntry } from "../tests/fuzz/corpus.ts";
import { type FuzzFailure, TARGETS } from "../tests/fuzz/targets.ts";
import { say, seconds } from "./_say.ts";

const RUNS_A_ROUND = 200;
const SHRINKING_MS_MAX = 120_000;

/** Tries until the time is over; returns the first failure. */
export async function fuzz(timeMs: number, firstSeed: number): Promise<FuzzFailure | null> {
  const began = performance.now();
  let cases = 0;
  for (let seed = firstSeed;; seed++) {
    for (const target of TARGETS) {
      const timeLimitMs = SHRINKING_MS_MAX;
      const { runs, failure } = await target.fuzz({ seed, runs: RUNS_A_ROUND, timeLimitMs });
      cases += runs;
      const elapsed = performance.now() - began;
      if (failure === null && elapsed < timeMs) continue;
      say(`${cases} cases in ${seconds(elapsed)}, seeds ${firstSeed} to ${seed}`);
      return failure;
    }
  }
}

function readArguments(args: string[]): { readonly timeMs: number; readonly seed: number } {
  const options = {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
  } as const;
  const { values } = parseArgs({ args, options });
  return { timeMs: Number(values.seconds) * 1000, seed: Number(values.seed) };
}

if (import.meta.main) {
  const { timeMs, seed } = readArguments(Deno.args);
  say(`seed ${seed}`);
  const failure = await fuzz(timeMs, seed);
  if (failure !== null) {
    const { property, message } = failure;
    say(`FAILED with seed ${failure.seed}: ${property}\n${message}`);
    say("The case, to be kept as tests/fuzz/corpus/NAME.json:");
    say(encodeEntry({ property, found: message, case: failure.case }));
    Deno.exit(1);
  }
}
