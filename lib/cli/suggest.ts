/**
 * What somebody who misspelt a name may have meant.
 *
 * @module
 */

import { closestString } from "./std.ts";

// Nobody misspells what is longer, and comparing it would take its time.
const NAME_LENGTH_MAX = 100;

/** The nearest of `names`; null where nothing is near. */
export function nearestName(name: string, names: readonly string[]): string | null {
  if (names.length === 0 || name.length > NAME_LENGTH_MAX) return null;
  const nearest = closestString(name, names);
  return areAlike(name.toLowerCase(), nearest.toLowerCase()) ? nearest : null;
}

/** ` Did you mean "…"?`, or what to say where nothing is near. */
export function didYouMean(name: string, names: readonly string[], otherwise: string): string {
  const nearest = nearestName(name, names);
  return nearest === null ? otherwise : `. Did you mean "${nearest}"?`;
}

/** Whether two words have more than half of their letters in common. */
function areAlike(one: string, other: string): boolean {
  const left = [...other];
  let shared = 0;
  for (const letter of one) {
    const index = left.indexOf(letter);
    if (index === -1) continue;
    left.splice(index, 1);
    shared++;
  }
  return shared > Math.max(one.length, other.length) / 2;
}
