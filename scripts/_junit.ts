/**
 * Test totals from JUnit files, which the runners of Deno and Bun both write.
 *
 * @module
 */

import { readFileSync } from "node:fs";

/** How many tests did what. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Nothing ran. */
export const NO_TESTS: Totals = { passed: 0, failed: 0, skipped: 0 };

/** Counts the tests of a JUnit document. */
export function countTests(xml: string): Totals {
  // Both runners escape what tests print, so an element's name never stands in a text.
  const cases = xml.split("<testcase ").slice(1);
  const failed = cases.filter((text) => /<(?:failure|error)\b/.test(text)).length;
  const skipped = cases.filter((text) => text.includes("<skipped")).length;
  return { passed: cases.length - failed - skipped, failed, skipped };
}

/**
 * The totals of one run of a runner. One that fails without naming a test (it crashed, or a module
 * threw while it was loaded) counts as one failed test.
 */
export function totalsOfRun(reportPath: string, exitCode: number): Totals {
  const totals = countTests(readOrEmpty(reportPath));
  if (exitCode === 0 || totals.failed > 0) return totals;
  return { ...totals, failed: 1 };
}

/** Adds up. */
export function addTotals(all: readonly Totals[]): Totals {
  return all.reduce((sum, one) => ({
    passed: sum.passed + one.passed,
    failed: sum.failed + one.failed,
    skipped: sum.skipped + one.skipped,
  }), NO_TESTS);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
