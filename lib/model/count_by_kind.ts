/**
 * Numbers for each kind of record.
 *
 * @module
 */

import type { CountByKind } from "./report.ts";

/** The sum over all kinds. */
export function totalOf({ event, audit, dead_letter }: CountByKind): number {
  return event + audit + dead_letter;
}
