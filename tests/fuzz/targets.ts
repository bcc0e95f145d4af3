/**
 * The properties with the random cases that they are tried on.
 *
 * @module
 */

import fc from "fast-check";
import { COMPRESSED_DAMAGE_PROPERTIES, compressedCaseOf } from "./compression_properties.ts";
import type { FuzzCase } from "./corpus.ts";
import { damageCaseOf } from "./damage_case.ts";
import { DAMAGE_PROPERTIES } from "./damage_properties.ts";
import { FAULT_PROPERTIES } from "./fault_properties.ts";
import { anyFileDamage, anyFileFault, anyWithin } from "./file_damage.ts";
import { filesOn } from "./store_files.ts";
import { anyReading, READ_PROPERTIES } from "./read_properties.ts";
import { anyStore, anyStoreInSegments, buildStore } from "./store_parts.ts";
import { STORE, type Subject } from "./subject.ts";

/** How long to try. */
export interface FuzzOptions {
  readonly seed: number;
  /** Cases to try. */
  readonly runs: number;
  /** When to stop trying, and making a failing case smaller. @default {never} */
  readonly timeLimitMs?: number;
  /** Whether a failing case is made smaller. @default {true} */
  readonly shrinks?: boolean;
}

/** What came of it. */
export interface FuzzResult {
  /** Cases tried. */
  readonly runs: number;
  /** What was found; null where nothing was. */
  readonly failure: FuzzFailure | null;
}

/** A case that breaks a property. */
export interface FuzzFailure {
  readonly property: string;
  readonly seed: number;
  readonly message: string;
  /** The smallest one found. */
  readonly case: FuzzCase;
}

/** A property that random cases are tried on. */
export interface FuzzTarget {
  readonly name: string;
  fuzz(options: FuzzOptions, subject?: Subject): Promise<FuzzResult>;
}

const anyDamagedStore = fc.record({
  parts: anyStore,
  damages: fc.array(anyFileDamage, { maxLength: 3 }),
  keepsState: fc.boolean(),
});
const anyFaultyStore = fc.record({
  parts: anyStore,
  damages: anyFileFault,
  keepsState: fc.boolean(),
});
// Everything else that may happen to files is played on those that are not compressed.
const anyStoreDamagedWithin = fc.record({
  parts: anyStoreInSegments,
  damages: fc.array(anyWithin, { minLength: 1, maxLength: 2 }),
  keepsState: fc.boolean(),
});
const anyReadStore = fc.record({ parts: anyStore, reading: anyReading });

/** Every property. */
export const TARGETS: readonly FuzzTarget[] = [
  ...Object.entries(DAMAGE_PROPERTIES).map(([name, check]) =>
    targetOf(name, anyDamagedStore, damageCaseOf, check)
  ),
  ...Object.entries(FAULT_PROPERTIES).map(([name, check]) =>
    targetOf(name, anyFaultyStore, damageCaseOf, check)
  ),
  ...Object.entries(COMPRESSED_DAMAGE_PROPERTIES).map(([name, check]) =>
    targetOf(name, anyStoreDamagedWithin, compressedCaseOf, check)
  ),
  ...Object.entries(READ_PROPERTIES).map(([name, check]) =>
    targetOf(name, anyReadStore, readCaseOf, check)
  ),
];

async function readCaseOf({ parts, reading }: { parts: Parts; reading: ReadingOfCase }) {
  return { written: await filesOn(await buildStore(parts)), reading };
}

type Parts = Parameters<typeof buildStore>[0];
type ReadingOfCase = typeof anyReading extends fc.Arbitrary<infer R> ? R : never;

function targetOf<R, C extends FuzzCase>(
  name: string,
  recipes: fc.Arbitrary<R>,
  make: (recipe: R) => Promise<C>,
  check: (one: C, subject: Subject) => Promise<void>,
): FuzzTarget {
  return {
    name,
    fuzz: async ({ seed, runs, timeLimitMs, shrinks = true }, subject = STORE) => {
      const property = fc.asyncProperty(
        recipes,
        async (recipe) => await check(await make(recipe), subject),
      );
      const limit = timeLimitMs === undefined ? {} : { interruptAfterTimeLimit: timeLimitMs };
      const endOnFailure = !shrinks;
      const details = await fc.check(property, { seed, numRuns: runs, endOnFailure, ...limit });
      if (details.counterexample === null) return { runs: details.numRuns, failure: null };
      const { message } = details.errorInstance as Error;
      const one = await make(details.counterexample[0]);
      return { runs: details.numRuns, failure: { property: name, seed, message, case: one } };
    },
  };
}
