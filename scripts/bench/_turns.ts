/**
 * Runs the variants of a workload in turns.
 *
 * @module
 */

import { describe, type Figures, type Series } from "./_figures.ts";
import type { Variant, Workload } from "./_workload.ts";

/** Runs every variant once in every round; `onRun` is told of each. */
export async function measureInTurns(
  workload: Workload,
  rounds: number,
  onRun: (name: string, round: number) => void = () => {},
): Promise<Figures> {
  const series = workload.variants.map((): { values: number[]; peaks: number[] } => ({
    values: [],
    peaks: [],
  }));
  for (let round = 1; round <= rounds; round++) {
    for (const [index, variant] of workload.variants.entries()) {
      onRun(variant.name, round);
      const { value, peakBytes } = await runOf(workload, variant);
      series[index]!.values.push(value);
      if (peakBytes !== null) series[index]!.peaks.push(peakBytes);
    }
  }
  const named = workload.variants.map(({ name, isPapyra = false }, index): Series => ({
    name,
    isPapyra,
    ...series[index]!,
  }));
  return describe(workload, named);
}

async function runOf({ name }: Workload, variant: Variant) {
  try {
    await variant.prepare?.();
    return await variant.run();
  } catch (cause) {
    throw new Error(`Cannot measure "${name}", ${variant.name}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
