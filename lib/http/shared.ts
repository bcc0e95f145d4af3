/**
 * Work that is done once for all who ask for it at the same time.
 *
 * @module
 */

/** A function that does `work`, or gives what the one under way comes to. */
export function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | null = null;
  return () => underWay ??= work().finally(() => underWay = null);
}
