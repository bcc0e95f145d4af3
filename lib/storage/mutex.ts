/**
 * Mutual exclusion among the callers of one process, in the order in which they came.
 *
 * @module
 */

const tails = new Map<string, Promise<void>>();

/** Waits for its turn on `name`; the function returned ends the turn. */
export async function takeTurn(name: string): Promise<() => void> {
  const before = tails.get(name);
  let end = (): void => {};
  const turn = new Promise<void>((resolve) => end = resolve);
  const tail = (before ?? Promise.resolve()).then(() => turn);
  tails.set(name, tail);
  await before;
  return () => {
    end();
    if (tails.get(name) === tail) tails.delete(name);
  };
}
