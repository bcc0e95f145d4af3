/**
 * Quantiles of what was measured.
 *
 * @module
 */

/** The value that a share of all values does not exceed; of none, 0. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
