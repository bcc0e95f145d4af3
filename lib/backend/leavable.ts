/**
 * Iterations that can be left while they wait.
 *
 * @module
 */

/**
 * Iterates over what `begin` gives. A generator that waits cannot be returned from; here its signal
 * fires then, so that it ends at once, with whatever it holds let go of.
 */
export function leavable<T>(begin: (left: AbortSignal) => AsyncGenerator<T>): AsyncIterator<T> {
  const leaving = new AbortController();
  const items = begin(leaving.signal);
  const end: IteratorReturnResult<undefined> = { done: true, value: undefined };
  return {
    async next() {
      try {
        return await items.next();
      } catch (error) {
        if (leaving.signal.aborted) return end;
        throw error;
      }
    },
    async return() {
      leaving.abort();
      await items.return(undefined);
      return end;
    },
  };
}
