/**
 * Mutual exclusion among the callers of one process, in the order in which they came.
 *
 * @module
 */

import { clearTimeout, setTimeout } from "node:timers";
import type { PollOptions } from "./polling.ts";

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

/** Waits for its turn on `name` within limits; null where they were reached first. */
export async function takeTurnWithin(
  name: string,
  { timeoutMs = Infinity, signal }: PollOptions,
): Promise<(() => void) | null> {
  const turn = takeTurn(name);
  let giveUp = (_: null): void => {};
  const limit = new Promise<null>((resolve) => giveUp = resolve);
  const onAbort = (): void => giveUp(null);
  const timer = timeoutMs === Infinity ? undefined : setTimeout(onAbort, timeoutMs);
  signal?.addEventListener("abort", onAbort);
  const endTurn = await Promise.race([turn, limit]);
  clearTimeout(timer);
  signal?.removeEventListener("abort", onAbort);
  // The turn still comes, and must go on to the next.
  if (endTurn === null) void turn.then((end) => end());
  return endTurn;
}
