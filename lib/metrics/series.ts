/**
 * Everything that is counted: a fixed list of names, so that what a file or a server says can add none,
 * and counting is adding to a place in an array.
 *
 * @module
 */

import { RECORD_KINDS, type RecordKind } from "../model/record.ts";
import { HISTOGRAM_BOUNDS } from "./histogram_bounds.ts";
import {
  COUNTER_NAMES,
  type CounterName,
  DROP_REASONS,
  HISTOGRAM_NAMES,
  type HistogramName,
  REMOVAL_REASONS,
  type RemovalReason,
  type RemovedKind,
  SKIP_REASONS,
  type SkipReason,
} from "./snapshot.ts";

/** The place of a count. */
export type Series = number;

/** The kinds of records that can be removed. */
export const REMOVED_KINDS: readonly RemovedKind[] = [...RECORD_KINDS, "unknown"];

/** The names of everything that is counted, in the order of their places. */
export const SERIES_NAMES: readonly string[] = [
  ...COUNTER_NAMES,
  ...RECORD_KINDS.flatMap((kind) => [`records_written.${kind}`, `records_read.${kind}`]),
  ...SKIP_REASONS.map((reason) => `records_skipped.${reason}`),
  ...RECORD_KINDS.flatMap((kind) =>
    DROP_REASONS.map((reason) => `records_dropped.${kind}.${reason}`)
  ),
  ...REMOVED_KINDS.flatMap((kind) =>
    REMOVAL_REASONS.map((reason) => `records_removed.${kind}.${reason}`)
  ),
  ...HISTOGRAM_NAMES.flatMap((name) => [
    ...HISTOGRAM_BOUNDS[name].map((_, bucket) => `${name}.${bucket}`),
    `${name}.${HISTOGRAM_BOUNDS[name].length}`,
    `${name}.sum`,
  ]),
];

const PLACES: ReadonlyMap<string, Series> = new Map(
  SERIES_NAMES.map((name, place) => [name, place]),
);

/** The place of a name; undefined where it is none. */
export function placeOf(name: string): Series | undefined {
  return PLACES.get(name);
}

/** The place of a counter as a whole. */
export function counterPlace(name: CounterName): Series {
  return PLACES.get(name)!;
}

/** The places of the records of each kind that were written. */
export const WRITTEN: { readonly [K in RecordKind]: Series } = placesByKind("records_written");

/** The places of the records of each kind that were read. */
export const READ: { readonly [K in RecordKind]: Series } = placesByKind("records_read");

/** The place of lines that were passed over. */
export function skippedPlace(reason: SkipReason): Series {
  return PLACES.get(`records_skipped.${reason}`)!;
}

/** The place of records that a recorder gave up. */
export function droppedPlace(kind: RecordKind, reason: typeof DROP_REASONS[number]): Series {
  return PLACES.get(`records_dropped.${kind}.${reason}`)!;
}

/** The place of records that maintenance removed. */
export function removedPlace(kind: RemovedKind, reason: RemovalReason): Series {
  return PLACES.get(`records_removed.${kind}.${reason}`)!;
}

/** The place of a histogram's first bucket; the others follow, and then the sum. */
export function bucketsPlace(name: HistogramName): Series {
  return PLACES.get(`${name}.0`)!;
}

function placesByKind(name: CounterName): { readonly [K in RecordKind]: Series } {
  const places = RECORD_KINDS.map((kind) => [kind, PLACES.get(`${name}.${kind}`)!]);
  return Object.fromEntries(places);
}
