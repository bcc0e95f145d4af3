/**
 * What is measured, and how: the variants of a workload take turns, so that whatever else the
 * machine does meets all of them alike, and ratios are formed within a round.
 *
 * @module
 */

import { say } from "../_say.ts";

/** What a workload is given. */
export interface BenchContext {
  /** A directory of its own. */
  readonly directory: string;
  /** A store that nobody may change. */
  readonly store: string;
  /** The size of that store. */
  readonly storeBytes: number;
}

/** One way to do the work. */
export interface Variant {
  readonly name: string;
  /** What is not measured. */
  readonly prepare?: () => Promise<void> | void;
  /** Does the work and returns how much that was, in the workload's unit. */
  readonly run: () => Promise<number> | number;
}

/** Some work, and ways to do it. The first is what the others are compared with. */
export interface Workload {
  readonly name: string;
  /** What `run` counts. */
  readonly unit: string;
  readonly variants: (context: BenchContext) => readonly Variant[];
}

/** Runs every variant in every round and prints the table. */
export async function measure(
  { name, unit, variants }: Workload,
  context: BenchContext,
  rounds: number,
): Promise<void> {
  const all = variants(context);
  const rates: number[][] = all.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, variant] of all.entries()) rates[index]!.push(await rateOf(variant));
  }
  const headline = ["median".padStart(16), "spread".padStart(10), "ratio".padStart(10)].join("");
  say(`\n${`${name}, ${unit}/s`.padEnd(44)}${headline}`);
  for (const [index, variant] of all.entries()) {
    const ratios = rates[index]!.map((rate, round) => rate / rates[0]![round]!);
    say(rowOf(variant.name, rates[index]!, ratios));
  }
}

async function rateOf(variant: Variant): Promise<number> {
  await variant.prepare?.();
  const start = performance.now();
  const amount = await variant.run();
  return amount / ((performance.now() - start) / 1000);
}

function rowOf(name: string, rates: readonly number[], ratios: readonly number[]): string {
  const spread = (Math.max(...rates) - Math.min(...rates)) / 2 / median(rates);
  return [
    `  ${name}`.padEnd(44),
    Math.round(median(rates)).toLocaleString("en").padStart(16),
    `±${(spread * 100).toFixed(0)} %`.padStart(10),
    `${median(ratios).toPrecision(3)}x`.padStart(10),
  ].join("");
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
