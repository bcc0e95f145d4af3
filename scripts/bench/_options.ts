/**
 * What a run is told.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { parseSize } from "../../lib/model/units.ts";
import type { SampleSizes } from "./_sample_stores.ts";

// Fewer say nothing of how far values spread.
const PAGE_ROUNDS_LEAST = 5;

/** What a run is told. */
export interface BenchOptions extends SampleSizes {
  /** How often each variant is run. */
  readonly rounds: number;
  /** The workloads. */
  readonly only: readonly string[];
  /** Where the figures go as JSON; null for nowhere. */
  readonly json: string | null;
  /** Whether the page is written. */
  readonly writesPage: boolean;
}

/** A command line that cannot be used. */
export class UsageError extends Error {}

/** Reads the command line; `workloads` are all that there are. */
export function readOptions(args: readonly string[], workloads: readonly string[]): BenchOptions {
  const values = parse(args);
  const only = values.only ?? workloads;
  const unknown = only.find((name) => !workloads.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no workload "${unknown}"; there are ${workloads.join(", ")}`);
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds has to be a whole number from 1 on, not "${values.rounds}"`);
  }
  if (values.write && (values.only !== undefined || rounds < PAGE_ROUNDS_LEAST)) {
    throw new UsageError(
      `--write takes all workloads and at least ${PAGE_ROUNDS_LEAST} rounds`,
    );
  }
  return {
    sizeBytes: sizeOf("size", values.size),
    largeBytes: sizeOf("large", values.large),
    rounds,
    only,
    json: values.json ?? null,
    writesPage: values.write,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        size: { type: "string", default: "300MB" },
        large: { type: "string", default: "1GB" },
        rounds: { type: "string", default: "5" },
        only: { type: "string", multiple: true },
        json: { type: "string" },
        write: { type: "boolean", default: false },
      },
    }).values;
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function sizeOf(name: string, text: string): number {
  try {
    return parseSize(text);
  } catch (cause) {
    throw new UsageError(`--${name}: ${(cause as Error).message}`, { cause });
  }
}
