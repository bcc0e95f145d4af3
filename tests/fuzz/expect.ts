/**
 * Assertions that cost little when they fail: shrinking a case fails thousands of times.
 *
 * @module
 */

/** Throws `message` where a condition does not hold. */
export function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws where two values that JSON can carry are not the same. */
export function ensureSame(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
}
